-- What pages read. Every row derives from the ledger; owned by epiloop_engine, read by epiloop_app under row security.
-- No row contains "now": a row is the answer for asking-instants in [valid_from, valid_until).

create table division (
    id          uuid not null,           -- its stream
    code        bigint not null,
    level       smallint not null,       -- 0 province .. 6 micro-grid
    parent      bigint,
    name_zh     text not null,
    name_en     text not null,
    pinyin      text not null,           -- syllables without tones and spaces
    initials    text not null,
    placeholder boolean not null,        -- stands in the code table but owns nothing
    valid_from  date not null,
    valid_until date,
    primary key (code, valid_from)
);
create index division_id on division (id);
create index division_parent on division (parent, code);
-- search goes level by level from the province down, so a short beginning does not fetch thousands
create index division_code on division (level, code);
create index division_name on division (level, name_zh text_pattern_ops);
create index division_pinyin on division (level, pinyin text_pattern_ops);
create index division_initials on division (level, initials text_pattern_ops);
create index division_english on division (level, lower(name_en) text_pattern_ops) where name_en <> '';
-- pairs of neighbouring characters: part of a Chinese name is too short for trigrams
create function pairs(name text) returns text[] language sql immutable strict parallel safe
begin atomic
    select coalesce(array_agg(distinct substr(name, place, 2)), '{}') from generate_series(1, length(name) - 1) as place;
end;
create index division_pairs on division using gin (pairs(name_zh));

create table unit (
    id           uuid primary key,
    kind         text not null,
    name_zh      text not null,
    name_en      text not null,
    jurisdiction bigint not null
);
create index unit_jurisdiction on unit (jurisdiction, kind);

create table post (
    id           uuid primary key,
    kind         text not null,
    level        text not null,          -- '' for a post of a unit
    jurisdiction bigint not null,
    unit         uuid,
    phone        text not null           -- the desk's line, not a person's
);
create index post_owner on post (kind, jurisdiction);
create index post_unit on post (unit) where unit is not null;

create table shift (
    post           uuid not null,
    starts         timestamptz not null,
    ends           timestamptz not null,
    account        text not null,
    phone          text not null,
    substitute_for text not null default '',
    jurisdiction   bigint not null,
    unit           uuid,                 -- whose roster it stands in
    primary key (post, starts, account)
);
create index shift_unit on shift (unit);
create index shift_now on shift (ends, starts);
create index shift_account on shift (account, ends);
create index shift_post on shift (post, ends);

create table place (
    id           uuid primary key,
    kind         text not null,
    name_zh      text not null,
    name_en      text not null,
    capacity     integer,
    sensitivity  text not null,
    jurisdiction bigint not null,
    unit         uuid,
    closed_at    timestamptz,
    door         text not null default '',   -- the number on the door
    hours        text not null default '',   -- as people write them: 1-5 08:00-18:00
    longitude    double precision,           -- degrees, WGS 84
    latitude     double precision
);
create index place_jurisdiction on place (jurisdiction, kind);

-- A part of a place that is checked in to apart.
create table zone (
    place        uuid not null,
    zone         text not null,
    kind         text not null,
    name_zh      text not null,
    name_en      text not null,
    capacity     integer,
    jurisdiction bigint not null,
    primary key (place, zone)
);

-- The signed codes at the doors; zone '' is the place as a whole.
create table venue_code (
    place        uuid not null,
    zone         text not null,
    number       integer not null,
    short        text not null,          -- what people type who have no camera
    jurisdiction bigint not null,
    issued_at    timestamptz not null,
    ends_at      timestamptz,            -- from then on it is refused
    reason       text not null,          -- why it ends; '' while it holds
    primary key (place, zone, number)
);
create index venue_code_short on venue_code (short);
create index venue_code_jurisdiction on venue_code (jurisdiction, place);

-- How many went in while somebody stood at a door and counted.
create table door_count (
    place        uuid not null,
    zone         text not null,
    since        timestamptz not null,
    until        timestamptz not null,
    people       integer not null,
    jurisdiction bigint not null
);
create index door_count_place on door_count (place, until);

create table person (
    id           uuid primary key,
    jurisdiction bigint not null,        -- where the person stays: whose duty it is
    residence    bigint not null,
    sex          text not null,
    birth_year   smallint,
    occupation   text not null,
    household    uuid,
    employer     uuid,
    identified   boolean not null,       -- the vault knows a name or a document
    merged_into  uuid,
    died_on      date,
    controlled_from  timestamptz,        -- since when restricted without a gap, the last time; null = never restricted
    controlled_until timestamptz         -- end of the last status span that restricts; null = never restricted
);
create index person_jurisdiction on person (jurisdiction, id);
create index person_household on person (household) where household is not null;
create index person_controlled on person (jurisdiction, controlled_until) include (id, identified, controlled_from)
    where controlled_until is not null and merged_into is null;
create index person_release on person (controlled_until, id) include (jurisdiction, identified, controlled_from)
    where controlled_until is not null and merged_into is null;

create table outside_id (
    system  text not null,
    outside text not null,
    subject uuid not null,
    jurisdiction bigint not null,
    primary key (system, outside)
);
create index outside_id_subject on outside_id (subject);

create table loop (
    subject      uuid not null,
    key          text not null,
    subject_kind text not null,
    jurisdiction bigint not null,
    line         text not null,
    measure      text not null,
    rulebook     text not null,
    version      text not null,
    day_zero     date,
    opened_at    timestamptz not null,
    closes_at    timestamptz,            -- certain end, by evidence or by the outer limit
    outcome      text not null,
    primary key (subject, key)
);
create index loop_board on loop (jurisdiction, line, measure, opened_at);
create index loop_open on loop (opened_at, subject);
create index loop_closes on loop (closes_at, subject) where closes_at is not null;

create table stage (
    subject      uuid not null,
    loop         text not null,
    key          text not null,
    status       text not null,
    jurisdiction bigint not null,
    starts       timestamptz not null,
    ends         timestamptz,
    outer_end    timestamptz,
    first_day    date not null,
    last_day     date,
    clock        text not null,
    version      text not null,
    clause       text not null,
    waits_for    text[] not null,
    valid_from   timestamptz not null,
    valid_until  timestamptz,
    primary key (subject, loop, key, valid_from)
);

create table duty (
    subject      uuid not null,
    loop         text not null,
    key          text not null,
    subject_kind text not null,
    jurisdiction bigint not null,
    line         text not null,
    measure      text not null,
    rulebook     text not null,
    version      text not null,
    clause       text not null,
    kind         text not null,
    stage        text not null,
    day          smallint,
    starts       timestamptz not null,
    due          timestamptz not null,
    owner_party  text not null,
    owner_post   text not null,
    owner_code   bigint not null,        -- whose post: the jurisdiction at the owner's level
    owner_unit   uuid,                   -- the employer, where it is the employer's duty
    evidence     text not null,
    consequence  smallint not null,
    state        text not null,          -- open | done | void
    done_at      timestamptz,
    valid_from   timestamptz not null,
    valid_until  timestamptz,            -- the loop's certain end at the latest; null = no end known
    primary key (subject, loop, key, valid_from)
);
create index duty_open on duty (jurisdiction, due) where state = 'open';
-- How long after its due instant a row can still be late, in hours, rounded up to a power of four; 0: never; 9999: any
-- time. What is late now fell due within that many hours, however many duties were missed in all the years before.
create function lifespan(due timestamptz, ends timestamptz) returns smallint language sql immutable parallel safe
begin atomic
    select (case
        when ends is null then 9999
        when ends <= due then 0
        when ends - due <= interval '2 hours' then 2
        when ends - due <= interval '8 hours' then 8
        when ends - due <= interval '32 hours' then 32
        when ends - due <= interval '128 hours' then 128
        when ends - due <= interval '512 hours' then 512
        when ends - due <= interval '2048 hours' then 2048
        else 9999
    end)::smallint;
end;
-- lists and counts of wide jurisdictions read each of the few groups in order, with nearly all that is asked in the index
create index duty_late on duty (consequence, lifespan(due, valid_until), due, subject)
    include (jurisdiction, valid_from, valid_until, line, measure, kind, owner_post) where state = 'open';
create index duty_owner on duty (owner_post, owner_code, due)
    where state = 'open' and owner_party not in ('employer', 'individual');
create index duty_employer on duty (owner_unit, due) where state = 'open' and owner_party = 'employer';
-- what the part of an hour that no tally has yet is counted from
create index duty_lapse on duty (valid_until) where state = 'open' and valid_until is not null;
create index duty_taken_over on duty (valid_from) where state = 'open' and valid_from >= due;
create index duty_done on duty (done_at, subject) where state = 'done';
create index duty_met on duty (due) include (done_at, valid_from, valid_until, jurisdiction, line, measure, owner_post)
    where state = 'done';

create table status_span (
    subject      uuid not null,
    loop         text not null,
    status       text not null,
    strictness   smallint not null,
    jurisdiction bigint not null,
    starts       timestamptz not null,
    ends         timestamptz not null,   -- every restriction ends by itself
    rulebook     text not null,
    measure      text not null,
    version      text not null,
    clause       text not null,
    reason       text not null,
    primary key (subject, loop, starts)
);
create index status_span_now on status_span (ends) include (starts, subject, strictness, jurisdiction);

create table escalation (
    subject      uuid not null,
    loop         text not null,
    duty         text not null,
    level        smallint not null,      -- 0 = acknowledged by the owner, 1.. = rungs of the ladder
    at           timestamptz not null,
    owner_party  text not null,
    owner_post   text not null,
    owner_code   bigint not null,
    account      text not null,          -- who acknowledged; '' for the clock
    jurisdiction bigint not null,
    primary key (subject, loop, duty, level)
);
create index escalation_at on escalation (at) where level > 0;

create table case_record (
    person         uuid not null,
    disease        text not null,
    number         smallint not null,    -- the person's nth case of this disease
    classification text not null,
    jurisdiction   bigint not null,
    onset          date,
    determined_at  timestamptz not null,
    detected_how   text not null,
    outcome        text not null,
    outcome_on     date,
    discarded_at   timestamptz,
    outside        text not null,        -- the number it had where it came from
    details        json not null,
    sealed         bytea,
    primary key (person, disease, number)
);
create index case_record_list on case_record (determined_at, person);
create index case_record_curve on case_record (disease, onset);

create table contact_link (
    contact       uuid not null,
    source        uuid,
    link          text not null,
    disease       text not null,
    ring          smallint not null,
    jurisdiction  bigint not null,
    last_exposure date,
    determined_at timestamptz not null,
    withdrawn_at  timestamptz,
    relation      text not null,
    setting       text not null,         -- in what kind of setting; the place itself is sealed
    sealed        bytea,
    primary key (contact, link)
);
create index contact_link_source on contact_link (source, contact);

create table sample (
    subject      uuid not null,
    sample       text not null,
    kind         text not null,
    jurisdiction bigint not null,
    taken_at     timestamptz,
    outcome      text not null,          -- pending | negative | positive | invalid
    result_at    timestamptz,
    ct           double precision,
    primary key (subject, sample)
);

create table follow_up (
    subject      uuid not null,
    at           timestamptz not null,
    jurisdiction bigint not null,
    symptoms     boolean,
    primary key (subject, at)
);

create table duplicate (
    left_person  uuid not null,
    right_person uuid not null,
    state        text not null,          -- possible | same | different
    score        double precision not null,
    jurisdiction bigint not null,
    decided_at   timestamptz,
    primary key (left_person, right_person)
);

create table adoption (
    stream       uuid not null,
    rulebook     text not null,
    digest       bytea not null,
    jurisdiction bigint not null,
    adopted_at   timestamptz not null,
    recorded_at  timestamptz not null,
    primary key (rulebook, adopted_at)
);

-- Counts: +1 / -1 rows per community, line, measure, owner post and hour, folded by a job. What happens at an instant is
-- counted in the first full hour not before it, so that the sum of all hours up to h is exact at h and no "now" is stored;
-- whoever asks within an hour adds what the rows say about the minutes since. Metrics:
--   loops:   opened · closed                                 open = opened - closed
--   duties:  due · lapsed     open and past due              late = due - lapsed
--            risen · settled  the same, and escalated        escalated = risen - settled
--            todo             falls due, and is still open   to come by h = todo(h) - todo(now)
--            done             done, at the instant it was
-- Folding adds each row up to whole days and to every level, so that a city's board reads a few thousand rows.
create table tally (
    level      smallint not null,        -- digits of zeros at the right: 4 community, 7 township, 10 county, 12 city, 14, 16
    community  bigint not null,          -- or the area at that level
    by_day     boolean not null,         -- `hour` is the first midnight (UTC) not before
    hour       timestamptz not null,
    line       text not null,
    measure    text not null,
    owner_post text not null,            -- '' for loops
    metric     text not null,
    n          bigint not null,
    primary key (level, community, by_day, hour, line, measure, owner_post, metric)
);
create table tally_delta (
    community  bigint not null,
    line       text not null,
    measure    text not null,
    owner_post text not null,
    metric     text not null,
    hour       timestamptz not null,
    n          bigint not null
);
-- Where a count of a community at an hour is added: each level, hours and days.
create function folds(community bigint, hour timestamptz)
    returns table (level smallint, area bigint, by_day boolean, until timestamptz)
    language sql immutable parallel safe
begin atomic
    select zeros, community / (10 ^ zeros)::bigint * (10 ^ zeros)::bigint, grain,
           case when grain then date_trunc('day', hour + interval '24 hours' - interval '1 microsecond', 'UTC') else hour end
    from unnest(array[4, 7, 10, 12, 14, 16]::smallint[]) as zeros cross join unnest(array[false, true]) as grain;
end;
-- What each loop and duty counts for, and from when on. Of a duty's rows, one for each regime, the one that is valid right
-- before the due instant counts as to do, and the one that is valid when it is done counts as done.
create view counted as
    select subject, jurisdiction, jurisdiction / 10000 * 10000 as community, line, measure, owner_post, metric, at,
           date_trunc('hour', at + interval '1 hour' - interval '1 microsecond', 'UTC') as hour
    from (
        select subject, jurisdiction, line, measure, '' as owner_post, metric, at
        from loop cross join lateral (values ('opened', opened_at), ('closed', closes_at)) as edges (metric, at)
        union all
        select duty.subject, duty.jurisdiction, line, measure, duty.owner_post, metric, edges.at
        from duty
        left join escalation on (escalation.subject, escalation.loop, escalation.duty, escalation.level)
                              = (duty.subject, duty.loop, duty.key, 1)
        cross join lateral (select
            coalesce(valid_until, 'infinity') as ends, greatest(due, valid_from) as late,
            greatest(due, valid_from, escalation.at) as risen
        ) as moment
        cross join lateral (values
            ('due', case when state = 'open' and late < ends then late end),
            ('lapsed', case when state = 'open' and late < ends then valid_until end),
            ('risen', case when state = 'open' and escalation.at is not null and risen < ends then risen end),
            ('settled', case when state = 'open' and escalation.at is not null and risen < ends then valid_until end),
            ('todo', case when state = 'open' and valid_from < due and due <= ends then due end),
            ('done', case when state = 'done' and valid_from <= done_at and done_at < ends then done_at end)
        ) as edges (metric, at)
    ) as edges
    where at is not null;

create table audit (
    act          uuid not null,
    at           timestamptz not null,
    actor        text not null,
    purpose      text not null,
    jurisdiction bigint not null,
    subjects     integer not null,
    events       integer not null,
    primary key (act, jurisdiction)
);
create index audit_list on audit (at, act);

-- Imports: mappings remembered by the file's headings; rejected rows sealed, with an end.
create table import_mapping (
    signature  text primary key,
    mapping    text not null,
    changed_at timestamptz not null,
    account    text not null
);
create table import_run (
    id           uuid primary key,
    started_at   timestamptz not null,
    finished_at  timestamptz,
    account      text not null,
    jurisdiction bigint not null,
    what         text not null,
    total        integer not null,
    result       json not null,
    rejects      bytea,
    rejects_expire_at timestamptz
);
-- Files between upload and import, sealed under a key of their own that the vault drops with the row. `wanted` is what
-- somebody asked for and is not done yet: '', 'try' or 'import'.
create table import_upload (
    id           uuid primary key,
    account      text not null,
    jurisdiction bigint not null,
    made_at      timestamptz not null,
    expires_at   timestamptz not null,
    mapping      text not null,
    wanted       text not null default '',
    language     text not null default '',
    state        json not null default '{}',
    sealed       bytea not null
);
create index import_upload_wanted on import_upload (made_at) where wanted <> '';
create index import_run_list on import_run (started_at, id);
