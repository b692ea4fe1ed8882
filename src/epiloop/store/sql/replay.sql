-- name: streams_after
-- Streams of a kind inside a slice of the id space, in id order.
select id, kind, version, hash from stream
where kind = any(%(kinds)s) and id > %(after)s and id <= %(until)s
order by id limit %(limit)s

-- name: kinds
select kind, count(*) from stream group by kind

-- name: note_indexes
-- A rebuild that was broken off has noted what is missing now.
insert into unfinished (name, definition)
select c.relname, pg_get_indexdef(i.indexrelid)
from pg_index i
join pg_class c on c.oid = i.indexrelid
join pg_class t on t.oid = i.indrelid
where t.relname = any(%(tables)s) and not i.indisunique and t.relnamespace = 'public'::regnamespace
on conflict do nothing

-- name: noted_indexes
-- The largest tables' first, so that no process is left alone with one at the end.
select unfinished.name, definition, to_regclass(quote_ident(unfinished.name)) is not null as there
from unfinished
left join pg_class on pg_class.relname = substring(definition from ' ON public\.(\w+) USING')
    and pg_class.relnamespace = 'public'::regnamespace
order by pg_class.relpages desc, name

-- name: finished
delete from unfinished

-- name: take_alone
-- Nobody rebuilds, and no process of a rebuild that was killed still writes.
select pg_try_advisory_lock(hashtext('epiloop.rebuild'))

-- name: leave_alone
select pg_advisory_unlock(hashtext('epiloop.rebuild'))

-- name: take_part
select pg_advisory_lock_shared(hashtext('epiloop.rebuild'))

-- name: unfinished
select exists (select from unfinished)

-- name: tally_all
insert into tally_delta (community, line, measure, owner_post, metric, hour, n)
select community, line, measure, owner_post, metric, hour, count(*) from counted group by 1, 2, 3, 4, 5, 6

-- name: tally_differs
-- Counts as kept against counts as they are; whole days and higher levels against the hours of communities.
select (
    select count(*)
    from (
        select community, line, measure, owner_post, metric, hour, sum(n) as n
        from (
            select community, line, measure, owner_post, metric, hour, n from tally where level = 4 and not by_day
            union all
            select community, line, measure, owner_post, metric, hour, n from tally_delta
        ) as either
        group by 1, 2, 3, 4, 5, 6 having sum(n) <> 0
    ) as kept
    full join (
        select community, line, measure, owner_post, metric, hour, count(*) as n from counted group by 1, 2, 3, 4, 5, 6
    ) as real using (community, line, measure, owner_post, metric, hour)
    where kept.n is distinct from real.n
) + (
    select count(*)
    from tally as kept
    full join (
        select folded.level, folded.community, folded.by_day, folded.hour, line, measure, owner_post, metric, sum(n) as n
        from tally cross join lateral folds(tally.community, tally.hour) as folded (level, community, by_day, hour)
        where tally.level = 4 and not tally.by_day
        group by 1, 2, 3, 4, 5, 6, 7, 8
    ) as real using (level, community, by_day, hour, line, measure, owner_post, metric)
    where kept.n is distinct from real.n and coalesce(kept.n, 0) <> coalesce(real.n, 0)
)

-- name: loose_events
-- Events whose act or stream is unknown.
select count(*) from event
where not exists (select from act where act.id = event.act) or not exists (select from stream where stream.id = event.stream)

-- name: acts
-- Every act with its digest as stored and the hashes of its events.
select act.id, act.actor, act.purpose, act.key, act.recorded_at, act.result, act.digest, written.hashes
from act
left join (select event.act, array_agg(event.hash) as hashes from event group by event.act) as written on written.act = act.id

-- name: unknown_acts
-- Acts named by a seal or waiting for one that are not there.
select act from seal_act where not exists (select from act where act.id = seal_act.act)
union
select act from unsealed where not exists (select from act where act.id = unsealed.act)
limit 10

-- name: never_sealed
-- Acts under no seal that wait for none.
select id from act
where not exists (select from seal_act where seal_act.act = act.id)
  and not exists (select from unsealed where unsealed.act = act.id)
limit 10

-- name: texts
select digest, text from rulebook_text
