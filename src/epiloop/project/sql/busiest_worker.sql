-- The community health worker on shift with most to do by %(soon)s: login, community.
select shift.account, post.jurisdiction
from post
join shift on shift.post = post.id and shift.starts <= %(at)s and shift.ends > %(at)s
join duty on duty.owner_post = post.kind and duty.owner_code = post.jurisdiction and duty.state = 'open'
where post.kind = 'community-health-worker' and duty.due < %(soon)s
  and duty.valid_from <= %(at)s and coalesce(duty.valid_until, 'infinity') > %(at)s
group by 1, 2
order by count(*) desc, 1
limit 1
