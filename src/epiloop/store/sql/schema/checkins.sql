-- Check-ins on their way to the key service, and how many there were. Nothing here can be read by anybody who has only
-- this database: rows are sealed under keys of the hour, which are wrapped to keys that only the key service has.

-- What was taken together: rows of 92 bytes (vault/visits.py) and the wrapped keys of the hour (86 bytes each,
-- vault/hours.py) that they need. A block goes when the key service has answered that it keeps the rows.
create table inbox (
    id       bigint generated always as identity primary key,
    taken_at timestamptz not null,       -- whole minutes: who came when is nobody's business here
    keys     bytea not null check (octet_length(keys) > 0 and octet_length(keys) % 86 = 0),
    sealed   bytea not null check (octet_length(sealed) > 0 and octet_length(sealed) % 92 = 0)
);
alter table inbox alter column sealed set storage external;  -- sealed bytes cannot be made smaller

-- The batches that were taken lately, so that one that is sent again is not counted again, and one that says something
-- else under the same id is refused. The digest goes over ids and times of visits only: over a person or a place somebody
-- who has this could try which one it was, for the ids of visits stand in the rows above.
create table checkin_batch (
    id       uuid primary key,
    taken_at timestamptz not null,
    digest   bytea not null check (octet_length(digest) = 8)
);
create index checkin_batch_taken_at on checkin_batch using brin (taken_at);

-- How many came to a zone in an hour, by which way; and what is to be added to that.
create table checkin_count (
    place        uuid not null,
    zone         text not null,
    hour         timestamptz not null,
    way          text not null,
    jurisdiction bigint not null,
    n            integer not null,
    primary key (place, zone, hour, way)
);
create index checkin_count_hour on checkin_count (hour, jurisdiction);  -- which doors had visitors in some hours
create table checkin_delta (
    place        uuid not null,
    zone         text not null,
    hour         timestamptz not null,
    way          text not null,
    jurisdiction bigint not null,
    n            integer not null
);

-- The public keys of days as the key service announced them last, with its signature and the key of that.
create table day_keys (
    one          boolean primary key default true check (one),
    announcement bytea not null,
    signer       bytea not null,
    fetched_at   timestamptz not null
);

create view checkin_counted as
    select place, zone, hour, way, jurisdiction, sum(n)::integer as n
    from (select * from checkin_count union all select * from checkin_delta) as every
    group by 1, 2, 3, 4, 5;

do $$
declare
    name text;
begin
    foreach name in array array['inbox', 'checkin_batch', 'checkin_count', 'checkin_delta', 'day_keys'] loop
        execute format('alter table %I owner to epiloop_engine', name);
    end loop;
    foreach name in array array['checkin_count', 'checkin_delta'] loop
        execute format('grant select on %I to epiloop_app', name);
        execute format('alter table %I enable row level security', name);
        execute format(
            'create policy inside_scope on %I for select to epiloop_app using
             (coalesce(jurisdiction <@ (select nullif(current_setting(''epiloop.scope'', true), '''')::int8multirange), false))', name);
    end loop;
end
$$;
alter view checkin_counted owner to epiloop_engine;
alter view checkin_counted set (security_invoker = true);
grant select on checkin_counted to epiloop_app;
