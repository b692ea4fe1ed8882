-- Requests to and from other jurisdictions, and the installations they are exchanged with. Who the people are is in the
-- vault; what is said of them is sealed in the events.

create table assistance (
    id           uuid primary key,
    outgoing     boolean not null,
    kind         text not null,
    step         text not null,
    jurisdiction bigint not null,        -- ours
    other        bigint not null,        -- of the other side
    peer         uuid,                   -- null: within this installation
    made_at      timestamptz not null,
    arrived_at   timestamptz,
    received_at  timestamptz,
    deadline     timestamptz not null,
    answered_at  timestamptz,            -- completely
    closed_at    timestamptz,
    withdrawn    boolean not null,
    people       integer not null,
    answered     integer not null,
    clause       text not null,
    post         text not null,          -- whom to call
    phone        text not null,          -- a desk's line
    waiting      text[] not null         -- messages that did not leave yet
);
create index assistance_list on assistance (jurisdiction, made_at desc);
create index assistance_waiting on assistance (made_at) where waiting <> '{}';

create table assistance_person (
    request      uuid not null,
    number       integer not null,
    jurisdiction bigint not null,
    person       uuid not null,
    matched      uuid,                   -- the registration of ours that it is
    result       text not null,          -- '' for none yet
    at           timestamptz,
    elsewhere    bigint,
    primary key (request, number)
);
create index assistance_person_person on assistance_person (person);

create table peer (
    id            uuid primary key,
    name          text not null,
    jurisdictions text[] not null,       -- as people write them
    signing       bytea not null,
    opening       bytea not null,
    address       text not null,
    fingerprint   text not null,
    dropped       boolean not null
);

-- Messages that could not be delivered over the network: when to try again. Book-keeping, no truth of its own.
create table assistance_try (
    request  uuid primary key,
    tries    integer not null,
    retry_at timestamptz not null,
    problem  text not null
);
