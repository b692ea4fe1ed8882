-- name: tally
-- Adds (sign 1) or takes back (sign -1) what the loops and duties of these subjects count for.
insert into tally_delta (community, line, measure, owner_post, metric, hour, n)
select community, line, measure, owner_post, metric, hour, %(sign)s * count(*)
from counted where subject = any(%(subjects)b)
group by 1, 2, 3, 4, 5, 6

-- name: computed
update computed set rulebooks = %(rulebooks)s where subject = any(%(subjects)b)

-- name: fold_tally
with taken as (
    delete from tally_delta returning *
), summed as (
    select community, line, measure, owner_post, metric, hour, sum(n) as n from taken group by 1, 2, 3, 4, 5, 6
    having sum(n) <> 0
)
insert into tally (level, community, by_day, hour, line, measure, owner_post, metric, n)
select folded.level, folded.community, folded.by_day, folded.hour, line, measure, owner_post, metric, sum(n)
from summed cross join lateral folds(summed.community, summed.hour) as folded (level, community, by_day, hour)
group by 1, 2, 3, 4, 5, 6, 7, 8
on conflict (level, community, by_day, hour, line, measure, owner_post, metric) do update set n = tally.n + excluded.n

-- name: audit
insert into audit (act, at, actor, purpose, jurisdiction, subjects, events)
select %(act)s, %(at)s, %(actor)s, %(purpose)s, * from unnest(%(codes)b::bigint[], %(subjects)b::int[], %(events)b::int[])
