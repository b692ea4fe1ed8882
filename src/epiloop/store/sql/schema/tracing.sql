-- Requests for contact searches, and emergencies in which one person's visits were opened (kind 'glass'). Counts only:
-- who was met, and where, is in no table.

create table trace (
    id           uuid primary key,       -- of the signed text at the key service
    kind         text not null,          -- trace | history | order | glass
    step         text not null,
    person       uuid not null,          -- the case, or whose visits were opened
    jurisdiction bigint not null,
    disease      text not null,
    clause       text not null,
    ring         smallint not null,
    since        timestamptz,
    until        timestamptz,
    asked_by     text not null,          -- an account
    asked_unit   text not null,
    asked_at     timestamptz not null,
    due          timestamptz not null,   -- until when somebody else has to decide, or to review
    decided_by   text not null,
    decided_unit text not null,
    decided_at   timestamptz,
    expires      timestamptz,
    first_ring   integer,                -- how many were met; null = not searched yet
    second_ring  integer,
    counted      boolean not null,       -- a first positive only: counted, nobody named
    done_at      timestamptz,
    confirmed    integer not null,
    registered   integer not null,
    justified    boolean                 -- what the review said
);
create index trace_list on trace (asked_at desc, id);
create index trace_person on trace (person);
create index trace_waiting on trace (due) where step in ('asked', 'broken');
