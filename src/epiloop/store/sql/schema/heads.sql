-- Book-keeping of the engine: derived from the ledger, rebuilt with it.

create table stream (
    id      uuid primary key,
    kind    text not null,
    version integer not null,
    hash    bytea not null
);

create table unsealed (
    act         uuid primary key,
    recorded_at timestamptz not null
);
create index unsealed_recorded_at on unsealed (recorded_at);

-- When the clock has to look at a subject next; compare-and-set on next_at.
create table deadline (
    subject uuid primary key,
    next_at timestamptz not null
);
create index deadline_next_at on deadline (next_at);

-- Subjects whose hour had come and with whom something went wrong: looked at again at `retry_at`, or sooner if their
-- stream goes on. `problem` is the name of an error and what it says without its values.
create table set_aside (
    subject   uuid primary key,
    version   integer not null,          -- of the stream, when it went wrong
    since     timestamptz not null,
    last_at   timestamptz not null,
    retry_at  timestamptz not null,
    tries     integer not null,
    problem   text not null
);

-- Which version of a stream, under which adopted rulebooks, a subject's rows stand for.
create table computed (
    subject  uuid primary key,
    version  integer not null,
    rulebooks bytea not null
);
create index computed_rulebooks on computed (rulebooks, subject);

-- What of a subject decides the rows that laws make, laws apart: a digest of what it was told, and the instants (8 bytes
-- each). A rule change reads this instead of events. Subjects merged with others have none.
create table snapshot (
    subject      uuid primary key,
    jurisdiction bigint not null,
    employer     uuid,
    likeness     bytea not null,
    instants     bytea not null
);

-- The secondary indexes that a rebuild has dropped and has not made again. While a row stands the projections are not
-- whole: a rebuild is under way, or was broken off and has to be started again.
create table unfinished (
    name       text primary key,
    definition text not null
);
grant select, insert, delete on unfinished to epiloop_engine;
