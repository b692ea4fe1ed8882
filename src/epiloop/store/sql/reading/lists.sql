-- name: duties_narrow
-- Open duties whose due instant lies in (due_after, due_until], of a small area or of one owner's post.
select *
from duty
where state = 'open' and due > %(due_after)s and due <= %(due_until)s
  and case when %(late)s then valid_from <= %(at)s and coalesce(valid_until, 'infinity') > %(at)s
           else valid_from < due and due <= coalesce(valid_until, 'infinity') end
  and jurisdiction >= %(low)s and jurisdiction < %(high)s
  and (%(ranges)s::int8multirange is null or jurisdiction <@ %(ranges)s::int8multirange)
  and (%(line)s::text is null or line = %(line)s)
  and (%(measure)s::text is null or measure = %(measure)s)
  and (%(kind)s::text is null or kind = %(kind)s)
  and (%(owner_post)s::text is null or owner_post = %(owner_post)s)
  and (%(owner_code)s::bigint is null or (owner_code = %(owner_code)s and owner_party not in ('employer', 'individual')))
  and (%(owner_unit)s::uuid is null or (owner_unit = %(owner_unit)s and owner_party = 'employer'))
  and (not %(escalated)s or (
        select true from escalation where (escalation.subject, escalation.loop, escalation.duty, escalation.level)
                                        = (duty.subject, duty.loop, duty.key, 1) and escalation.at <= %(at)s))
  and (%(after_due)s::timestamptz is null or
       (case when %(late)s then -consequence else 0 end, due, -consequence, subject, loop, key)
     > (case when %(late)s then -%(after_consequence)s::int else 0 end, %(after_due)s::timestamptz,
        -%(after_consequence)s::int, %(after_subject)s::uuid, %(after_loop)s::text, %(after_key)s::text))
order by case when %(late)s then -consequence else 0 end, due, -consequence, subject, loop, key
limit %(limit)s

-- name: duties_wide
-- The same for wide areas: each group in the order of its index, which has all that is asked of most rows. Where each
-- consequence begins (after the page before) is given; what is late cannot have fallen due before the group's hours.
with beginning as (
    select every.consequence, every.hours, due, subject
    from duty_groups() as every
    join unnest(%(consequences)s::smallint[], %(from_due)s::timestamptz[], %(from_subject)s::uuid[])
         as given (consequence, due, subject) using (consequence)
    where not (%(late)s and every.hours = 0)
), bounded as (
    select consequence, hours, greatest(due, earliest) as due,
           case when due >= earliest then subject else '00000000-0000-0000-0000-000000000000' end as subject
    from beginning cross join lateral (select
        case when %(late)s and hours < 9999 then %(at)s - hours * interval '1 hour' else '-infinity' end as earliest) as bound
), picked as (
    select distinct bounded.consequence, first.due, first.subject
    from bounded
    cross join lateral (
        select * from next_duties(
            bounded.consequence, bounded.hours, bounded.due, bounded.subject, %(due_until)s, %(at)s, %(late)s, %(low)s, %(high)s,
            %(ranges)s::int8multirange, %(line)s, %(measure)s, %(kind)s, %(owner_post)s, %(limit)s + 64)
        where not %(escalated)s
        union all
        select * from next_risen_duties(
            bounded.consequence, bounded.hours, bounded.due, bounded.subject, %(due_until)s, %(at)s, %(low)s, %(high)s,
            %(ranges)s::int8multirange, %(line)s, %(measure)s, %(kind)s, %(owner_post)s, %(limit)s + 64)
        where %(escalated)s
    ) as first
)
select duty.*
from (select * from picked order by case when %(late)s then -consequence else 0 end, due, -consequence, subject
      limit %(limit)s + 64) as picked
join duty using (subject, due, consequence)
where state = 'open'
  and case when %(late)s then valid_from <= %(at)s and coalesce(valid_until, 'infinity') > %(at)s
           else valid_from < duty.due and duty.due <= coalesce(valid_until, 'infinity') end
  and jurisdiction >= %(low)s and jurisdiction < %(high)s
  and (%(ranges)s::int8multirange is null or jurisdiction <@ %(ranges)s::int8multirange)
  and (%(line)s::text is null or line = %(line)s)
  and (%(measure)s::text is null or measure = %(measure)s)
  and (%(kind)s::text is null or kind = %(kind)s)
  and (%(owner_post)s::text is null or owner_post = %(owner_post)s)
  and (not %(escalated)s or (
        select true from escalation where (escalation.subject, escalation.loop, escalation.duty, escalation.level)
                                        = (duty.subject, duty.loop, duty.key, 1) and escalation.at <= %(at)s))
  and (%(after_due)s::timestamptz is null or
       (case when %(late)s then -consequence else 0 end, due, -consequence, subject, loop, key)
     > (case when %(late)s then -%(after_consequence)s::int else 0 end, %(after_due)s::timestamptz,
        -%(after_consequence)s::int, %(after_subject)s::uuid, %(after_loop)s::text, %(after_key)s::text))
order by case when %(late)s then -consequence else 0 end, due, -consequence, subject, loop, key
limit %(limit)s

-- name: duties_done
-- Duties done in (done_after, at], the latest first.
select *
from duty
where state = 'done' and done_at > %(done_after)s and done_at <= %(at)s
  and valid_from <= done_at and done_at < coalesce(valid_until, 'infinity')
  and jurisdiction >= %(low)s and jurisdiction < %(high)s
  and (%(ranges)s::int8multirange is null or jurisdiction <@ %(ranges)s::int8multirange)
  and (%(line)s::text is null or line = %(line)s)
  and (%(measure)s::text is null or measure = %(measure)s)
  and (%(kind)s::text is null or kind = %(kind)s)
  and (%(owner_post)s::text is null or owner_post = %(owner_post)s)
  and (%(owner_code)s::bigint is null or owner_code = %(owner_code)s)
  and (%(owner_unit)s::uuid is null or owner_unit = %(owner_unit)s)
  and (%(after_done)s::timestamptz is null
       or (done_at, subject) <= (%(after_done)s, %(after_subject)s::uuid)
      and (done_at, subject, loop, key) < (%(after_done)s, %(after_subject)s::uuid, %(after_loop)s::text, %(after_key)s::text))
order by done_at desc, subject desc, loop desc, key desc
limit %(limit)s

-- name: steps
-- Who took these duties, and how far they rose by an instant.
select asked.n, taken.at as acknowledged_at, coalesce(taken.account, '') as acknowledged_by,
       coalesce(risen.level, 0) as rung, risen.at as rung_at, coalesce(risen.owner_post, '') as rung_post,
       risen.owner_code as rung_code
from unnest(%(subjects)s::uuid[], %(loops)s::text[], %(keys)s::text[]) with ordinality as asked (subject, loop, duty, n)
left join lateral (
    select at, account from escalation
    where (subject, loop, duty, level) = (asked.subject, asked.loop, asked.duty, 0) and at <= %(at)s
) as taken on true
left join lateral (
    select level, at, owner_post, owner_code from escalation
    where (subject, loop, duty) = (asked.subject, asked.loop, asked.duty) and level > 0 and at <= %(at)s
    order by level desc limit 1
) as risen on true
order by asked.n

-- name: loops_opened
-- Loops opened in (since, at], the latest first; `standing`: only those not closed at the instant.
select *
from loop
where opened_at > %(since)s and opened_at <= %(at)s
  and (not %(standing)s or closes_at is null or closes_at > %(at)s)
  and jurisdiction >= %(low)s and jurisdiction < %(high)s
  and (%(ranges)s::int8multirange is null or jurisdiction <@ %(ranges)s::int8multirange)
  and (%(line)s::text is null or line = %(line)s)
  and (%(measure)s::text is null or measure = %(measure)s)
  and (%(version)s::text is null or version = %(version)s)
  and (%(after_at)s::timestamptz is null
       or (opened_at, subject) <= (%(after_at)s, %(after_subject)s::uuid)
      and (opened_at, subject, key) < (%(after_at)s, %(after_subject)s::uuid, %(after_key)s::text))
order by opened_at desc, subject desc, key desc
limit %(limit)s

-- name: loops_closed
-- Loops closed in (since, at], the latest first.
select *
from loop
where closes_at > %(since)s and closes_at <= %(at)s
  and jurisdiction >= %(low)s and jurisdiction < %(high)s
  and (%(ranges)s::int8multirange is null or jurisdiction <@ %(ranges)s::int8multirange)
  and (%(line)s::text is null or line = %(line)s)
  and (%(measure)s::text is null or measure = %(measure)s)
  and (%(version)s::text is null or version = %(version)s)
  and (%(after_at)s::timestamptz is null
       or (closes_at, subject) <= (%(after_at)s, %(after_subject)s::uuid)
      and (closes_at, subject, key) < (%(after_at)s, %(after_subject)s::uuid, %(after_key)s::text))
order by closes_at desc, subject desc, key desc
limit %(limit)s
