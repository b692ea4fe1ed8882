-- The ledger. Owned by epiloop_owner; the engine may read and append, nobody may change or delete.

create table act (
    id          uuid primary key,
    actor       text not null,
    purpose     text not null,
    key         text not null unique,
    recorded_at timestamptz not null,
    result      json not null,
    digest      bytea not null           -- over the act and the hashes of its events: what a seal covers
);

-- `open` is json, not jsonb: the hash covers the very text that is stored.
create table event (
    stream       uuid not null,
    version      integer not null,
    act          uuid not null,
    kind         text not null,
    kind_version smallint not null,
    occurred_at  timestamptz not null,
    recorded_at  timestamptz not null,
    jurisdiction bigint not null,
    source_key   text,
    open         json not null,
    sealed       bytea,
    prev         bytea not null,
    hash         bytea not null,
    primary key (stream, version),
    unique (stream, source_key)
) partition by hash (stream);

do $$
begin
    for part in 0..15 loop
        execute format('create table event_%s partition of event for values with (modulus 16, remainder %s)', part, part);
    end loop;
end
$$;

create table seal (
    number    bigint primary key,        -- follows the number before under a lock; a chain, not a sequence
    sealed_at timestamptz not null,
    acts      integer not null,
    root      bytea not null,
    prev      bytea not null,
    hash      bytea not null
);

create table seal_act (
    act      uuid primary key,
    seal     bigint not null,
    position integer not null
);
create index seal_act_seal on seal_act (seal, position);

-- Rulebooks by digest: files never decide, the stored text does.
create table rulebook_text (
    digest bytea primary key,
    name   text not null,
    text   text not null                 -- canonical text of its files (rules/loader)
);

-- What the key service's log ended with when a day was over, signed by it: kept here, so that it cannot be written anew.
create table vault_head (
    day       date primary key,
    entries   bigint not null,
    hash      bytea not null,
    key       bytea not null,            -- Ed25519
    signature bytea not null,
    kept_at   timestamptz not null
);

-- What everybody may read: a line a day with counts and the head of the key service's log. Nobody is in it.
create table published (
    day          date primary key,
    line         jsonb not null,
    published_at timestamptz not null
);

grant select, insert on act, event, seal, seal_act, rulebook_text, vault_head, published to epiloop_engine;
grant select on published to epiloop_app;

-- The grants above are the law; this is the backstop against a role that owns more than it should.
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the ledger is append-only: % on % is refused', tg_op, tg_table_name using errcode = 'insufficient_privilege';
end
$$;

do $$
declare
    name text;
begin
    foreach name in array array['act', 'event', 'seal', 'seal_act', 'rulebook_text', 'vault_head', 'published'] loop
        execute format('create trigger append_only before update or delete or truncate on %I
                        for each statement execute function refuse_change()', name);
    end loop;
end
$$;
