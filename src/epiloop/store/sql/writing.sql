-- name: tally
-- Adds (sign 1) or takes back (sign -1) what the loops and duties of these subjects count for.
insert into tally_delta (community, line, measure, metric, hour, n)
select community, line, measure, metric, date_trunc('hour', at), %(sign)s * count(*)
from (
    select jurisdiction / 10000 * 10000 as community, line, measure, metric, at
    from loop cross join lateral (values ('opened', opened_at), ('closed', closes_at)) as counted (metric, at)
    where subject = any(%(subjects)s) and at is not null
    union all
    select jurisdiction / 10000 * 10000, line, measure, metric, at
    from duty cross join lateral (values
        ('due', case when state = 'open' then greatest(due, valid_from) end),
        ('lapsed', case when state = 'open' then valid_until end),
        ('done', case when state = 'done' then done_at end)
    ) as counted (metric, at)
    where subject = any(%(subjects)s) and at is not null and (state = 'done' or due < coalesce(valid_until, 'infinity'))
) as counts
group by 1, 2, 3, 4, 5

-- name: fold_tally
with taken as (
    delete from tally_delta returning *
)
insert into tally (community, line, measure, metric, hour, n)
select community, line, measure, metric, hour, sum(n) from taken group by 1, 2, 3, 4, 5
on conflict (community, line, measure, metric, hour) do update set n = tally.n + excluded.n

-- name: audit
insert into audit (act, at, actor, purpose, jurisdiction, subjects, events)
select %(act)s, %(at)s, %(actor)s, %(purpose)s, * from unnest(%(codes)s::bigint[], %(subjects)s::int[], %(events)s::int[])
