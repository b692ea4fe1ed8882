-- name: copy_tally
copy tally_delta (community, line, measure, owner_post, metric, hour, n) from stdin (format binary)

-- name: computed
update computed set rulebooks = %(rulebooks)s where subject = any(%(subjects)b)

-- name: held
-- When restrictions of these people begin and end, after a rule change.
update person set controlled_from = new.since, controlled_until = new.until
from unnest(%(ids)b::uuid[], %(since)b::timestamptz[], %(until)b::timestamptz[]) as new (id, since, until)
where person.id = new.id

-- name: lock_stale
-- Locks the heads of some subjects inside a slice of the id space whose rows stand for other rulebooks than these. The
-- few sets of rulebooks that rows stand for are found one after the other, so that none is looked for row by row.
with recursive kept as (
    (select rulebooks from computed order by rulebooks limit 1)
    union all
    select (select rulebooks from computed where rulebooks > kept.rulebooks order by rulebooks limit 1)
    from kept where kept.rulebooks is not null
), stale as (
    select found.subject from kept cross join lateral (
        select subject from computed
        where computed.rulebooks = kept.rulebooks and subject > %(after)s and subject <= %(until)s
        order by subject limit %(limit)s
    ) as found
    where kept.rulebooks <> %(rulebooks)s
    limit %(limit)s
)
select id from stream where id in (select subject from stale) order by id for update

-- name: standing
-- What is kept of these subjects that a rule change needs, if their rows still stand for other rulebooks.
select computed.rulebooks, computed.subject, snapshot.jurisdiction, snapshot.employer, snapshot.likeness, snapshot.instants
from computed left join snapshot using (subject)
where computed.subject = any(%(subjects)b) and computed.rulebooks <> %(rulebooks)s
order by computed.subject

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
