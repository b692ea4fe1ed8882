-- name: person
select * from person where id = %(id)s

-- name: status
-- The strictest span that covers the instant holds.
select * from status_span
where subject = %(id)s and starts <= %(at)s and ends > %(at)s
order by strictness desc, ends desc, loop limit 1

-- name: spans
select * from status_span where subject = %(id)s order by starts, ends, strictness desc, loop

-- name: loops
select * from loop where subject = %(id)s order by opened_at desc, key

-- name: stages
-- The stages as the rules of the instant lay them down.
select * from stage
where subject = %(id)s and valid_from <= %(at)s and coalesce(valid_until, 'infinity') > %(at)s
order by starts, loop, key

-- name: duties
-- The duties as the rules of the instant lay them down: to be done, done and no longer required.
select * from duty
where subject = %(id)s and valid_from <= %(at)s and coalesce(valid_until, 'infinity') > %(at)s
order by due, -consequence, loop, key

-- name: contacts
-- Links in both directions: those the person is the contact of, and those it is the source of, under any registration.
select * from contact_link where contact = %(id)s
union all
select * from contact_link
where contact <> %(id)s and source = any(array(
    select %(id)s::uuid union select right_person from duplicate where left_person = %(id)s and state = 'same'))
order by last_exposure desc nulls last, contact, link

-- name: cases
select * from case_record where person = %(id)s order by determined_at, disease, number

-- name: samples
select * from sample where subject = %(id)s order by coalesce(taken_at, result_at) desc nulls last, sample

-- name: follow_ups
select * from follow_up where subject = %(id)s order by at desc

-- name: escalations
select * from escalation where subject = %(id)s order by at, loop, duty, level

-- name: outside_ids
select system, outside, subject from outside_id where subject = any(%(ids)s) order by system, outside

-- name: by_outside_id
select subject from outside_id where system = %(system)s and outside = %(outside)s

-- name: duplicates
select left_person, right_person, state, score, decided_at from duplicate
where left_person = %(id)s or right_person = %(id)s
order by score desc, left_person, right_person

-- name: list
-- People with the status that holds at the instant.
select person.*, held.status, held.strictness, held.ends as status_until
from (
    select * from person
    where merged_into is null
      and jurisdiction >= %(low)s and jurisdiction < %(high)s
      and (%(ranges)s::int8multirange is null or jurisdiction <@ %(ranges)s::int8multirange)
      and (%(household)s::uuid is null or household = %(household)s)
      and (%(employer)s::uuid is null or employer = %(employer)s)
      and (%(occupation)s::text is null or occupation = %(occupation)s)
      and (%(after_jurisdiction)s::bigint is null
           or (jurisdiction, id) > (%(after_jurisdiction)s::bigint, %(after_id)s::uuid))
    order by jurisdiction, id
    limit %(limit)s
) as person
left join lateral (
    select status, strictness, ends from status_span
    where subject = person.id and starts <= %(at)s and ends > %(at)s
    order by strictness desc, ends desc, loop limit 1
) as held on true
order by jurisdiction, id

-- name: controlled
-- People whom a status restricts at the instant, those first whose restriction ends first.
select person.*, held.status, held.strictness, held.ends as status_until
from (
    select * from person
    where controlled_until > %(at)s and merged_into is null
      and jurisdiction >= %(low)s and jurisdiction < %(high)s
      and (%(ranges)s::int8multirange is null or jurisdiction <@ %(ranges)s::int8multirange)
      and (%(household)s::uuid is null or household = %(household)s)
      and (%(employer)s::uuid is null or employer = %(employer)s)
      and (%(occupation)s::text is null or occupation = %(occupation)s)
      and (select true from status_span
           where subject = person.id and starts <= %(at)s and ends > %(at)s and strictness > 0 limit 1)
      and (%(after_until)s::timestamptz is null
           or (controlled_until, id) > (%(after_until)s::timestamptz, %(after_id)s::uuid))
    order by controlled_until, id
    limit %(limit)s
) as person
left join lateral (
    select status, strictness, ends from status_span
    where subject = person.id and starts <= %(at)s and ends > %(at)s
    order by strictness desc, ends desc, loop limit 1
) as held on true
order by controlled_until, id

-- name: by_ids
select person.*, held.status, held.strictness, held.ends as status_until
from unnest(%(ids)s::uuid[]) with ordinality as asked (id, n)
join person using (id)
left join lateral (
    select status, strictness, ends from status_span
    where subject = person.id and starts <= %(at)s and ends > %(at)s
    order by strictness desc, ends desc, loop limit 1
) as held on true
order by n
