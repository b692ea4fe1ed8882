-- Requests for contact searches, inside the scope of the transaction.

-- name: one
select * from trace where id = %(id)s

-- name: list
select *
from trace
where jurisdiction >= %(low)s and jurisdiction < %(high)s
  and (%(ranges)s::int8multirange is null or jurisdiction <@ %(ranges)s::int8multirange)
  and (%(person)s::uuid is null or person = %(person)s)
  and (%(kind)s::text is null or kind = %(kind)s)
  and (%(after_asked)s::timestamptz is null or (asked_at, id) < (%(after_asked)s, %(after_id)s))
order by asked_at desc, id desc
limit %(limit)s

-- name: waiting
select *
from trace
where step in ('asked', 'broken') and asked_by <> %(account)s
order by due
limit 20

-- name: on_call
-- Who has a line and is on shift at a post of duty officers of these jurisdictions: the most local first.
select p.kind as post, s.account, s.phone, p.jurisdiction, u.name_zh, u.name_en
from post p join shift s on s.post = p.id left join unit u on u.id = p.unit
where p.kind = any (%(officers)s) and p.jurisdiction = any (%(path)s) and s.starts <= %(at)s and %(at)s < s.ends
  and s.account <> %(account)s
order by p.kind <> 'trace-approver', p.jurisdiction desc, s.starts
limit 5

-- name: unit_of
-- Whose roster somebody stands in: the latest shift that has begun.
select u.name_zh
from shift s join unit u on u.id = s.unit
where s.account = %(login)s and s.starts <= %(at)s
order by s.ends desc
limit 1

-- name: overdue
select id, jurisdiction from trace where kind = 'glass' and step = 'broken' and due <= %(at)s order by due limit 100

-- name: kinds_of_places
select kind from place where closed_at is null
union
select p.kind || '/' || z.kind from zone z join place p on p.id = z.place where p.closed_at is null and z.kind <> ''

-- name: unreviewed
select id from trace where kind = 'glass' and step in ('broken', 'lapsed') and asked_by = %(account)s

-- name: noted
select id from trace where id = any (%(ids)s)

-- name: steps
select id, step from trace where id = any (%(ids)s)

-- name: confirmed
-- The second ring hangs on whoever of the first it was met by. What further sources told carries a number behind the name.
with near as materialized (
    select contact from contact_link
    where source = %(person)s and split_part(link, '#', 1) = %(link)s
      and determined_at <= %(at)s and (withdrawn_at is null or withdrawn_at > %(at)s)
)
select contact from near
union
select far.contact
from near join contact_link as far on far.source = near.contact
where split_part(far.link, '#', 1) = %(link)s
  and far.determined_at <= %(at)s and (far.withdrawn_at is null or far.withdrawn_at > %(at)s)

-- name: told
-- What a notice says to each of these people: what restricts them now, else what will next, by which clause, from when
-- until when; what is due first.
select p.id as person, s.status, s.starts, s.ends, s.measure, s.version, s.clause, d.due
from person p
left join lateral (
    select status, starts, ends, measure, version, clause from status_span
    where subject = p.id and %(at)s < ends
    order by starts > %(at)s, case when starts <= %(at)s then -strictness end, starts, ends desc limit 1
) s on true
left join lateral (
    select min(due) as due from duty
    where subject = p.id and state = 'open' and due > %(at)s and valid_from <= %(at)s
      and (valid_until is null or %(at)s < valid_until)
) d on true
where p.id = any (%(people)s) and p.merged_into is null
order by d.due nulls last, p.id

-- name: person_of_case
-- By the person's id, the case's id, or the number the case has where it came from.
select person from case_record
where person::text = %(case)s or details->>'case' = %(case)s or (outside <> '' and outside = %(case)s)
order by determined_at desc
limit 1
