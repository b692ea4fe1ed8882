-- name: on_duty
select * from owners_on_duty(%(at)s, %(posts)s::text[], %(codes)s::bigint[], %(units)s::uuid[])

-- name: on_shift
-- The roster around an instant: every post of the area with whoever is on shift, or nobody.
select post.id as post, post.kind, post.level, post.jurisdiction, post.unit, post.phone as desk,
       shift.account, coalesce(nullif(shift.phone, ''), post.phone) as phone, shift.substitute_for, shift.starts, shift.ends
from post
left join shift on shift.post = post.id and shift.starts <= %(at)s and %(at)s < shift.ends
    and not exists (select from shift as other where other.post = post.id and other.substitute_for = shift.account
                    and other.starts <= %(at)s and %(at)s < other.ends)
where post.jurisdiction >= %(low)s and post.jurisdiction < %(high)s
  and (%(ranges)s::int8multirange is null or post.jurisdiction <@ %(ranges)s::int8multirange)
  and (%(kind)s::text is null or post.kind = %(kind)s)
  and (%(after_code)s::bigint is null
       or (post.jurisdiction, post.kind, post.id)
        >= (%(after_code)s::bigint, %(after_kind)s::text, %(after_post)s::uuid))
order by post.jurisdiction, post.kind, post.id, coalesce(shift.account, '')
limit %(limit)s offset coalesce(%(after_shown)s::int, 0)

-- name: gaps
-- Stretches of (since, until) in which a post has nobody: between the end of all shifts so far and the next beginning.
select post.id as post, post.kind, post.jurisdiction, post.unit, gap.starts, gap.ends
from post
cross join lateral (
    select greatest(covered, %(since)s) as starts, least(coming, %(until)s) as ends
    from (
        select max(ends) over (order by starts, ends rows between unbounded preceding and current row) as covered,
               lead(starts, 1, 'infinity') over (order by starts, ends) as coming
        from (
            select starts, ends from shift
            where shift.post = post.id and shift.ends > %(since)s and shift.starts < %(until)s
            union all
            select '-infinity', %(since)s
        ) as shifts
    ) as edges
    where covered < coming
) as gap
where gap.starts < gap.ends
  and post.jurisdiction >= %(low)s and post.jurisdiction < %(high)s
  and (%(ranges)s::int8multirange is null or post.jurisdiction <@ %(ranges)s::int8multirange)
order by post.jurisdiction, post.kind, post.id, gap.starts
limit %(limit)s

-- name: without_anybody
select * from owners_without_anybody(
    coalesce(%(ranges)s::int8multirange, int8multirange(int8range(%(low)s, %(high)s))), %(at)s)

-- name: waiting
-- What waits for these owners by the end of the day; those for whom nothing does in the area are left out.
select owner.n, count(*) filter (where due <= %(at)s) as late, count(*) filter (where due > %(at)s) as due,
       min(due) as first_due
from unnest(%(posts)s::text[], %(codes)s::bigint[], %(units)s::uuid[]) with ordinality as owner (post, code, unit, n)
cross join lateral (
    select * from duty
    where owner.unit is null and state = 'open' and owner_party not in ('employer', 'individual')
      and owner_post = owner.post and owner_code = owner.code and due <= %(day_end)s
    union all
    select * from duty
    where state = 'open' and owner_party = 'employer' and owner_post = owner.post and owner_unit = owner.unit
      and due <= %(day_end)s
) as duty
where valid_from <= %(at)s and coalesce(valid_until, 'infinity') > %(at)s
  and jurisdiction >= %(low)s and jurisdiction < %(high)s
  and (%(ranges)s::int8multirange is null or jurisdiction <@ %(ranges)s::int8multirange)
group by owner.n
