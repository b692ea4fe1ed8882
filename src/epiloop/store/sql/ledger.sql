-- name: result_of
select result from act where key = %(key)s

-- name: heads
select id, kind, version, hash from stream where id = any(%(ids)b) order by id

-- name: heads_locked
select id, kind, version, hash from stream where id = any(%(ids)b) order by id for update

-- name: known_source_keys
select event.stream, event.source_key
from unnest(%(streams)b::uuid[], %(keys)b::text[]) as asked (stream, source_key)
join event using (stream, source_key)

-- name: insert_act
-- The act waits for its seal. No row: another act has this key.
with written as (
    insert into act (id, actor, purpose, key, recorded_at, result, digest)
    values (%(id)s, %(actor)s, %(purpose)s, %(key)s, %(recorded_at)s, %(result)s, %(digest)s)
    on conflict do nothing
    returning id, recorded_at
)
insert into unsealed (act, recorded_at) select id, recorded_at from written

-- name: copy_events
copy event (stream, version, act, kind, kind_version, occurred_at, recorded_at, jurisdiction, source_key, open, sealed, prev, hash)
from stdin (format binary)

-- name: new_heads
insert into stream (id, kind, version, hash)
select * from unnest(%(ids)b::uuid[], %(kinds)b::text[], %(versions)b::int[], %(hashes)b::bytea[])
on conflict do nothing

-- name: move_heads
-- A head moves only from the hash it was read with; a row that does not move is somebody else's change.
update stream set version = new.version, hash = new.hash
from unnest(%(ids)b::uuid[], %(versions)b::int[], %(hashes)b::bytea[], %(before)b::bytea[]) as new (id, version, hash, before)
where stream.id = new.id and stream.hash = new.before

-- name: read
select stream, version, act, kind, kind_version, occurred_at, recorded_at, jurisdiction, source_key, open, sealed, prev, hash
from event
where stream = any(%(ids)b) and recorded_at <= coalesce(%(known_at)s, 'infinity'::timestamptz)
order by stream, version

-- name: read_entries
select stream, version, kind, kind_version, open::text, occurred_at, recorded_at, jurisdiction, source_key, sealed
from event where stream = any(%(ids)b)
order by stream, version

-- name: lock_seals
select pg_advisory_xact_lock(hashtext('epiloop.seal'))

-- name: last_seal
select number, sealed_at, acts, root, prev, hash from seal order by number desc limit 1

-- name: unsealed
select unsealed.act, act.digest
from unsealed join act on act.id = unsealed.act
order by unsealed.recorded_at, unsealed.act
limit %(limit)s

-- name: insert_seal
insert into seal (number, sealed_at, acts, root, prev, hash)
values (%(number)s, %(sealed_at)s, %(acts)s, %(root)s, %(prev)s, %(hash)s)

-- name: insert_seal_acts
insert into seal_act (act, seal, position)
select act, %(number)s, position from unnest(%(acts)b::uuid[]) with ordinality as list (act, position)

-- name: forget_unsealed
delete from unsealed where act = any(%(acts)b)

-- name: seals
select number, sealed_at, acts, root, prev, hash from seal order by number

-- name: day_ends
-- The last seal of each day (UTC) among those after a number. Numbers follow time, so the primary key leads there.
select distinct on (day) day, number, hash
from (
    select (sealed_at at time zone 'UTC')::date as day, number, hash
    from seal where number > %(after)s and sealed_at >= %(since)s and sealed_at < %(until)s
) as dated
order by day, number desc

-- name: seal_hashes
select number, hash from seal where number = any(%(numbers)s)

-- name: sealed_digests
select act.digest from seal_act join act on act.id = seal_act.act where seal_act.seal = %(number)s order by seal_act.position
