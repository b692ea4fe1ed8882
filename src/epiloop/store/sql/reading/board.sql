-- name: tallied
-- What was counted up to three instants (full hours): the start of the day, the asking instant, the end of the day.
select line, metric,
       coalesce(sum(n) filter (where case when by_day then hour <= %(start_day)s
                                          else hour > %(start_day)s and hour <= %(start)s end), 0)::bigint as at_start,
       coalesce(sum(n) filter (where case when by_day then hour <= %(at_day)s
                                          else hour > %(at_day)s and hour <= %(at)s end), 0)::bigint as at_now,
       coalesce(sum(n) filter (where case when by_day then hour <= %(end_day)s
                                          else hour > %(end_day)s and hour <= %(end)s end), 0)::bigint as at_end
from (
    select tally.* from unnest(%(levels)s::smallint[], %(areas)s::bigint[]) as block (level, community)
    join tally using (level, community)
    where by_day and hour <= %(end_day)s
    union all
    select tally.* from unnest(%(levels)s::smallint[], %(areas)s::bigint[]) as block (level, community)
    join tally using (level, community)
    where not by_day and hour > %(start_day)s and hour <= %(end)s
    union all
    -- what is not folded yet stands for itself at all three instants
    select 4, community, grain.by_day, case when grain.by_day then date_trunc('day', hour + interval '24 hours' - interval '1 microsecond', 'UTC')
                                            else hour end, line, measure, owner_post, metric, n
    from tally_delta cross join (values (true), (false)) as grain (by_day)
    where community >= %(low)s and community < %(high)s
      and (%(ranges)s::int8multirange is null or community <@ %(ranges)s::int8multirange)
) as counted
where (%(line)s::text is null or line = %(line)s)
  and (%(measure)s::text is null or measure = %(measure)s)
  and (%(owner_post)s::text is null or owner_post in (%(owner_post)s, ''))
group by line, metric

-- name: since
-- The same counts from the rows themselves, for what happened after one instant and not after another.
with moment as (
    select line, measure, '' as owner_post, jurisdiction, 'opened' as metric from loop
    where opened_at > %(after)s and opened_at <= %(until)s
    union all
    select line, measure, '', jurisdiction, 'closed' from loop
    where closes_at > %(after)s and closes_at <= %(until)s
    union all
    select line, measure, owner_post, jurisdiction, metric
    from duty_groups() as every
    join duty on duty.consequence = every.consequence and lifespan(due, valid_until) = every.hours
    cross join lateral (values
        ('due', valid_from <= due and due < coalesce(valid_until, 'infinity')),
        ('todo', valid_from < due and due <= coalesce(valid_until, 'infinity'))
    ) as counted (metric, counts)
    where state = 'open' and due > %(after)s and due <= %(until)s and counts
    union all
    select line, measure, owner_post, jurisdiction, 'due' from duty
    where state = 'open' and valid_from >= due and valid_from > due and valid_from > %(after)s and valid_from <= %(until)s
      and valid_from < coalesce(valid_until, 'infinity')
    union all
    select line, measure, owner_post, jurisdiction, 'lapsed' from duty
    where state = 'open' and valid_until > %(after)s and valid_until <= %(until)s and greatest(due, valid_from) < valid_until
    union all
    select line, measure, duty.owner_post, duty.jurisdiction, 'settled' from duty
    join escalation on (escalation.subject, escalation.loop, escalation.duty, escalation.level)
                     = (duty.subject, duty.loop, duty.key, 1)
    where state = 'open' and valid_until > %(after)s and valid_until <= %(until)s
      and greatest(due, valid_from, escalation.at) < valid_until
    union all
    select line, measure, duty.owner_post, duty.jurisdiction, 'risen' from escalation
    join duty on (escalation.subject, escalation.loop, escalation.duty) = (duty.subject, duty.loop, duty.key)
    where escalation.level = 1 and escalation.at > %(after)s and escalation.at <= %(until)s and state = 'open'
      and greatest(due, valid_from) <= %(until)s
      and greatest(due, valid_from, escalation.at) < coalesce(valid_until, 'infinity')
    union all
    select line, measure, duty.owner_post, duty.jurisdiction, 'risen' from duty
    join escalation on (escalation.subject, escalation.loop, escalation.duty, escalation.level)
                     = (duty.subject, duty.loop, duty.key, 1)
    where state = 'open' and valid_from >= due and valid_from > %(after)s and valid_from <= %(until)s
      and escalation.at <= %(after)s and valid_from < coalesce(valid_until, 'infinity')
    union all
    select line, measure, duty.owner_post, duty.jurisdiction, 'risen'
    from duty_groups() as every
    join duty on duty.consequence = every.consequence and lifespan(due, valid_until) = every.hours
    join escalation on (escalation.subject, escalation.loop, escalation.duty, escalation.level)
                     = (duty.subject, duty.loop, duty.key, 1)
    where state = 'open' and due > %(after)s and due <= %(until)s
      and due > valid_from and escalation.at <= %(after)s and due < coalesce(valid_until, 'infinity')
    union all
    select line, measure, owner_post, jurisdiction, 'done' from duty
    where state = 'done' and done_at > %(after)s and done_at <= %(until)s
      and valid_from <= done_at and done_at < coalesce(valid_until, 'infinity')
)
select line, metric, count(*) as n from moment
where jurisdiction >= %(low)s and jurisdiction < %(high)s
  and (%(ranges)s::int8multirange is null or jurisdiction <@ %(ranges)s::int8multirange)
  and (%(line)s::text is null or line = %(line)s)
  and (%(measure)s::text is null or measure = %(measure)s)
  and (%(owner_post)s::text is null or owner_post in (%(owner_post)s, ''))
group by line, metric

-- name: counted_small
-- The same numbers for areas smaller than a community, of which there is no tally: from their rows.
with chosen as (
    select * from duty
    where jurisdiction >= %(low)s and jurisdiction < %(high)s
      and (%(ranges)s::int8multirange is null or jurisdiction <@ %(ranges)s::int8multirange)
      and state in ('open', 'done')
      and (%(line)s::text is null or line = %(line)s)
      and (%(measure)s::text is null or measure = %(measure)s)
      and (%(owner_post)s::text is null or owner_post = %(owner_post)s)
), edge as (
    select line, metric, edges.at from loop
    cross join lateral (values ('opened', opened_at), ('closed', closes_at)) as edges (metric, at)
    where jurisdiction >= %(low)s and jurisdiction < %(high)s
      and (%(ranges)s::int8multirange is null or jurisdiction <@ %(ranges)s::int8multirange)
      and (%(line)s::text is null or line = %(line)s)
      and (%(measure)s::text is null or measure = %(measure)s)
    union all
    select line, metric, edges.at from chosen
    left join escalation on (escalation.subject, escalation.loop, escalation.duty, escalation.level)
                          = (chosen.subject, chosen.loop, chosen.key, 1)
    cross join lateral (select coalesce(valid_until, 'infinity') as ends, greatest(due, valid_from) as late,
                               greatest(due, valid_from, escalation.at) as risen) as moment
    cross join lateral (values
        ('due', case when state = 'open' and late < ends then late end),
        ('lapsed', case when state = 'open' and late < ends then valid_until end),
        ('risen', case when state = 'open' and escalation.at is not null and risen < ends then risen end),
        ('settled', case when state = 'open' and escalation.at is not null and risen < ends then valid_until end),
        ('todo', case when state = 'open' and valid_from < due and due <= ends then due end),
        ('done', case when state = 'done' and valid_from <= done_at and done_at < ends then done_at end)
    ) as edges (metric, at)
)
select line, metric,
       count(*) filter (where at <= %(exact_start)s) as at_start,
       count(*) filter (where at <= %(exact_at)s) as at_now,
       count(*) filter (where at <= %(exact_end)s) as at_end
from edge where at is not null
group by line, metric
