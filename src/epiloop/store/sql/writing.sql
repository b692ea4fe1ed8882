-- name: tally
-- Adds (sign 1) or takes back (sign -1) what the loops and duties of these subjects count for.
insert into tally_delta (community, line, measure, metric, hour, n)
select community, line, measure, metric, hour, %(sign)s * count(*) from counted where subject = any(%(subjects)s)
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
