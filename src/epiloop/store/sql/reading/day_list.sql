-- name: posts_of
-- The posts an account holds at an instant, as itself or as a substitute; not those in which somebody stands in for it.
select post.id, post.kind, post.level, post.jurisdiction, post.unit, post.phone, shift.starts, shift.ends,
       shift.substitute_for
from shift join post on post.id = shift.post
where shift.account = %(account)s and shift.starts <= %(at)s and shift.ends > %(at)s
  and not exists (select from shift as other where other.post = shift.post and other.substitute_for = shift.account
                  and other.starts <= %(at)s and %(at)s < other.ends)
order by post.jurisdiction, post.kind, post.id

-- name: of_posts
-- What waits for these posts: late first by consequence, then what is due by the end of the day by its instant.
select duty.*
from (
    select distinct on (duty.subject, duty.loop, duty.key, duty.valid_from) duty.*
    from unnest(%(kinds)s::text[], %(codes)s::bigint[], %(units)s::uuid[]) as held (kind, code, unit)
    cross join lateral (
        select * from duty
        where state = 'open' and owner_post = held.kind and owner_code = held.code and owner_party not in ('employer', 'individual')
          and due <= %(day_end)s
        union all
        select * from duty
        where state = 'open' and owner_party = 'employer' and owner_unit = held.unit and owner_post = held.kind
          and due <= %(day_end)s
    ) as duty
    where case when due <= %(at)s then valid_from <= %(at)s and coalesce(valid_until, 'infinity') > %(at)s
               else valid_from < due and due <= coalesce(valid_until, 'infinity') end
) as duty
order by due > %(at)s, case when due <= %(at)s then -consequence else 0 end, due, -consequence, subject, loop, key
limit %(limit)s

-- name: of_day
-- Open duties of one kind that fall due in a calendar day, of people who are no case of a disease by its end.
select duty.*
from duty_groups() as every
join duty on duty.consequence = every.consequence and lifespan(due, valid_until) = every.hours
where state = 'open' and due > %(day_start)s and due <= %(day_end)s
  and valid_from < due and due <= coalesce(valid_until, 'infinity')
  and (%(kind)s::text is null or kind = %(kind)s)
  and subject_kind = 'person'
  and jurisdiction >= %(low)s and jurisdiction < %(high)s
  and (%(ranges)s::int8multirange is null or jurisdiction <@ %(ranges)s::int8multirange)
order by jurisdiction, subject, due, loop, key

-- name: cases_of_day
-- Cases by the end of a calendar day for whom that day had a duty of the kind until they became one.
select duty.*
from case_record
join duty on duty.subject = case_record.person
where case_record.determined_at < %(day_end)s
  and (case_record.discarded_at is null or case_record.discarded_at >= %(day_end)s)
  and duty.state = 'void' and duty.due > %(day_start)s and duty.due <= %(day_end)s
  and duty.valid_from <= duty.due and duty.due < coalesce(duty.valid_until, 'infinity')
  and (%(kind)s::text is null or duty.kind = %(kind)s)
  and duty.jurisdiction >= %(low)s and duty.jurisdiction < %(high)s
  and (%(ranges)s::int8multirange is null or duty.jurisdiction <@ %(ranges)s::int8multirange)
order by duty.jurisdiction, duty.subject, duty.due, duty.loop, duty.key

-- name: links_of
-- Who these people were exposed to, as known by an instant.
select contact, source, link, disease, ring, last_exposure, determined_at, relation, setting
from contact_link
where contact = any(%(people)s) and determined_at < %(by)s and (withdrawn_at is null or withdrawn_at >= %(by)s)
order by contact, last_exposure, link

-- name: outside_of
select subject, system, outside from outside_id where subject = any(%(subjects)s) order by subject, system, outside

-- name: cases_of
-- What these people are cases of by an instant.
select person, disease, determined_at from case_record
where person = any(%(people)s) and determined_at < %(by)s and (discarded_at is null or discarded_at >= %(by)s)
order by person, determined_at
