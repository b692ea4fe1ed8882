-- name: requests
-- Requests one way, open ones or done ones: what is due first stands first.
select assistance.*
from assistance
left join lateral (
    select min(due) as due from duty
    where duty.subject = assistance.id and state = 'open' and valid_from <= %(at)s and coalesce(valid_until, 'infinity') > %(at)s
) as first on true
where outgoing = %(outgoing)s
  and (step = 'closed' or (not outgoing and answered_at is not null)) = %(done)s
  and jurisdiction >= %(low)s and jurisdiction < %(high)s
  and (%(ranges)s::int8multirange is null or jurisdiction <@ %(ranges)s::int8multirange)
order by first.due nulls last, made_at desc, id
limit %(limit)s

-- name: counts
-- How many there are of each of the four lists.
select outgoing, (step = 'closed' or (not outgoing and answered_at is not null)) as done, count(*)
from assistance
where jurisdiction >= %(low)s and jurisdiction < %(high)s
  and (%(ranges)s::int8multirange is null or jurisdiction <@ %(ranges)s::int8multirange)
group by 1, 2

-- name: request
select * from assistance where id = %(id)s

-- name: of_person
select assistance.* from assistance_person join assistance on assistance.id = assistance_person.request
where assistance_person.person = %(person)s or assistance_person.matched = %(person)s
order by made_at desc, id

-- name: people
select * from assistance_person where request = %(id)s order by number

-- name: duties
select * from duty
where subject = any(%(ids)s) and state = 'open' and valid_from <= %(at)s and coalesce(valid_until, 'infinity') > %(at)s
order by due, -consequence, key

-- name: peers
select * from peer order by dropped, name, id

-- name: contacts_of
select distinct contact from contact_link
where withdrawn_at is null and contact <> %(case)s and source = any(array(
    select %(case)s::uuid union select right_person from duplicate where left_person = %(case)s and state = 'same'))
order by contact limit %(limit)s
