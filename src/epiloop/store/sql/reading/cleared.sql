-- name: todo_tallied
-- Still to do of what falls due in (day_start, day_end], by owner's post and hour, from the sums.
select owner_post, hour as due_hour, sum(n)::bigint as n
from (
    select tally.* from unnest(%(levels)s::smallint[], %(areas)s::bigint[]) as block (level, community)
    join tally using (level, community)
    where not by_day and hour > %(day_start)s and hour <= %(day_end)s and metric = 'todo'
    union all
    select 4, community, false, hour, line, measure, owner_post, metric, n from tally_delta
    where hour > %(day_start)s and hour <= %(day_end)s and metric = 'todo'
      and community >= %(low)s and community < %(high)s
      and (%(ranges)s::int8multirange is null or community <@ %(ranges)s::int8multirange)
) as counted
where (%(line)s::text is null or line = %(line)s)
  and (%(measure)s::text is null or measure = %(measure)s)
  and (%(owner_post)s::text is null or owner_post = %(owner_post)s)
group by 1, 2

-- name: todo_rows
-- The same from the rows.
select owner_post, date_bin('1 hour', due - interval '1 microsecond', %(day_start)s) + interval '1 hour' as due_hour,
       count(*) as n
from duty_groups() as every
join duty on duty.consequence = every.consequence and lifespan(due, valid_until) = every.hours
where state = 'open' and due > %(day_start)s and due <= %(day_end)s
  and valid_from < due and due <= coalesce(valid_until, 'infinity')
  and jurisdiction >= %(low)s and jurisdiction < %(high)s
  and (%(ranges)s::int8multirange is null or jurisdiction <@ %(ranges)s::int8multirange)
  and (%(line)s::text is null or line = %(line)s)
  and (%(measure)s::text is null or measure = %(measure)s)
  and (%(owner_post)s::text is null or owner_post = %(owner_post)s)
group by 1, 2

-- name: met
-- Done of what falls due in (day_start, day_end], by owner's post, hour of the due instant and hour in which it was done;
-- done_hour null: done only after the asking instant.
select owner_post, date_bin('1 hour', due - interval '1 microsecond', %(day_start)s) + interval '1 hour' as due_hour,
       case when done_at <= %(at)s then greatest(%(day_start)s,
            date_bin('1 hour', done_at - interval '1 microsecond', %(day_start)s) + interval '1 hour')
       end as done_hour, count(*) as n
from duty
where state = 'done' and due > %(day_start)s and due <= %(day_end)s
  and valid_from <= done_at and done_at < coalesce(valid_until, 'infinity')
  and jurisdiction >= %(low)s and jurisdiction < %(high)s
  and (%(ranges)s::int8multirange is null or jurisdiction <@ %(ranges)s::int8multirange)
  and (%(line)s::text is null or line = %(line)s)
  and (%(measure)s::text is null or measure = %(measure)s)
  and (%(owner_post)s::text is null or owner_post = %(owner_post)s)
group by 1, 2, 3
