-- name: take
-- All of it or nothing: batches that nobody took before, the block of their rows, and what they count for. If one of the
-- ids is there, nothing is done and no row comes back; if another takes one at the same moment, this fails.
with batch as (
    insert into checkin_batch (id, taken_at, digest)
    select id, %(at)s, digest from unnest(%(ids)b::uuid[], %(digests)b::bytea[]) as told (id, digest)
    where not exists (select from checkin_batch where id = any(%(ids)b::uuid[]))
    order by id
    returning id
), block as (
    insert into inbox (taken_at, keys, sealed)
    select %(at)s, %(keys)b, %(sealed)b where exists (select from batch)
), counted as (
    insert into checkin_delta (place, zone, hour, way, jurisdiction, n)
    select place, zone, to_timestamp(hour * 3600.0), way, jurisdiction, n
    from unnest(%(places)b::uuid[], %(zones)b::text[], %(hours)b::int8[], %(ways)b::text[], %(codes)b::int8[], %(ns)b::int8[])
        as told (place, zone, hour, way, jurisdiction, n)
    where exists (select from batch)
)
select from batch limit 1

-- name: fresh
-- Of these batches those that were not taken before; now they are. In order, so that two that wait for each other do not.
insert into checkin_batch (id, taken_at, digest)
select id, %(at)s, digest from unnest(%(ids)b::uuid[], %(digests)b::bytea[]) as told (id, digest) order by id
on conflict do nothing returning id

-- name: digests
select id, digest from checkin_batch where id = any(%(ids)b)

-- name: put
insert into inbox (taken_at, keys, sealed) values (%(at)s, %(keys)b, %(sealed)b)

-- name: count
insert into checkin_delta (place, zone, hour, way, jurisdiction, n)
select place, zone, to_timestamp(hour * 3600.0), way, jurisdiction, n
from unnest(%(places)b::uuid[], %(zones)b::text[], %(hours)b::int8[], %(ways)b::text[], %(codes)b::int8[], %(ns)b::int8[])
    as told (place, zone, hour, way, jurisdiction, n)

-- name: fold
with taken as (delete from checkin_delta returning *)
insert into checkin_count (place, zone, hour, way, jurisdiction, n)
select place, zone, hour, way, max(jurisdiction), sum(n) from taken group by 1, 2, 3, 4 order by 1, 2, 3, 4
on conflict (place, zone, hour, way) do update set n = checkin_count.n + excluded.n, jurisdiction = excluded.jurisdiction

-- name: drop_batches
delete from checkin_batch where taken_at < %(before)s

-- name: counts
select hour, sum(n)::integer from checkin_counted
where place = %(place)s and zone = %(zone)s and hour >= %(since)s and hour < %(until)s
group by 1 order by 1

-- name: some
-- The oldest blocks, as many as go into one call: who sends them keeps them locked until they are gone.
select id, keys, sealed from inbox
where id in (
    select id
    from (select id, sum(octet_length(sealed)) over (order by id) - octet_length(sealed) as before
          from (select id, sealed from inbox order by id limit %(blocks)s) as oldest) as summed
    where before < %(bytes)s
)
order by id for update skip locked

-- name: forget
delete from inbox where id = any(%(ids)b)

-- name: waiting
select count(*), coalesce(sum(octet_length(sealed)), 0)::bigint, min(taken_at) from inbox

-- name: announcement
select announcement, signer, fetched_at from day_keys

-- name: keep_announcement
insert into day_keys (announcement, signer, fetched_at) values (%(announcement)b, %(signer)b, %(at)s)
on conflict (one) do update set announcement = excluded.announcement, fetched_at = excluded.fetched_at
where day_keys.signer = excluded.signer
returning signer

-- name: doors
-- What of these zones bears on check-ins; a place that is closed has no hours any more.
select told.place, told.zone, place.hours, place.closed_at, coalesce(zone.capacity, place.capacity)
from unnest(%(places)b::uuid[], %(zones)b::text[]) as told (place, zone)
join place on place.id = told.place
left join zone on zone.place = told.place and zone.zone = told.zone

-- name: face
-- What stands over a door. Rows repeat the Chinese name where there is no English one.
select place.name_zh, nullif(place.name_en, place.name_zh) as name_en, zone.name_zh as zone_zh,
       nullif(zone.name_en, zone.name_zh) as zone_en, place.hours
from place left join zone on zone.place = place.id and zone.zone = %(zone)s
where place.id = %(place)s

-- name: endings
select place, zone, number, ends_at from venue_code where ends_at is not null
