-- What pages ask across row security: functions that state for themselves what the scope allows.

create function scope() returns int8multirange language sql stable parallel safe
begin atomic
    select nullif(current_setting('epiloop.scope', true), '')::int8multirange;
end;

-- All numbers inside a jurisdiction, itself included: its zeros at the right are free.
create function inside(code bigint) returns int8range language sql immutable parallel safe
begin atomic
    select int8range(code, code + case
        when code % 100000000000000 = 0 then 100000000000000
        when code % 1000000000000 = 0 then 1000000000000
        when code % 10000000000 = 0 then 10000000000
        when code % 10000000 = 0 then 10000000
        when code % 10000 = 0 then 10000
        when code % 100 = 0 then 100
        else 1
    end);
end;

-- Who answers at an instant for each owner asked about (numbered from 1): somebody on shift at the post with a phone; a
-- substitute stands in for whom they replace; else the nearest duty officer upwards (`own` false); no row if there is none.
-- A worker sees the duty officers above: an owner may be asked about by whoever sees some of its jurisdiction.
create function owners_on_duty(asked_at timestamptz, posts text[], codes bigint[], units uuid[])
    returns table (n bigint, own boolean, post uuid, kind text, code bigint, account text, phone text, substitute_for text,
                   until timestamptz)
    language sql stable security definer set search_path = public, pg_temp
begin atomic
    select asked.n, found.*
    from unnest(posts, codes, units) with ordinality as asked (post, code, unit, n)
    cross join lateral (
        select candidate.nearness = 0, candidate.id, candidate.kind, candidate.jurisdiction, shift.account,
               coalesce(nullif(shift.phone, ''), candidate.phone), shift.substitute_for, shift.ends
        from (
            select 0 as nearness, post.* from post
            where asked.unit is null and post.kind = asked.post and post.jurisdiction = asked.code
            union all
            select 0, post.* from post where post.unit = asked.unit and post.kind = asked.post
            union all
            select above.nearness, post.*
            from (values (1, 'township-duty-officer', 10000000), (2, 'headquarters-duty-officer', 10000000000),
                         (3, 'headquarters-duty-officer', 1000000000000), (4, 'headquarters-duty-officer', 100000000000000)
            ) as above (nearness, kind, size)
            join post on post.kind = above.kind and post.jurisdiction = asked.code / above.size * above.size
        ) as candidate
        join shift on shift.post = candidate.id and shift.starts <= asked_at and asked_at < shift.ends
        where coalesce(nullif(shift.phone, ''), candidate.phone) <> ''
          and not exists (select from shift as other
                          where other.post = candidate.id and other.substitute_for = shift.account
                            and other.starts <= asked_at and asked_at < other.ends)
        order by candidate.nearness, shift.substitute_for <> '', shift.starts, shift.account
        limit 1
    ) as found
    where int8multirange(inside(asked.code)) && (select scope());
end;

-- Which posts open duties of an area name as owners, found one by one in the index instead of duty by duty. Posts of
-- the jurisdictions above count when they own any open duty; whoever asks looks again whether it lies in the area. The
-- party is told only of employers.
create function owners_of_open_duties(asked int8multirange)
    returns table (owner_party text, owner_post text, owner_code bigint, owner_unit uuid)
    language sql stable security definer set search_path = public, pg_temp
begin atomic
    with recursive part as (
        select lower(one) as low, upper(one) as high from unnest(asked * (select scope())) as one
    ), named (post) as (
        (select min(duty.owner_post) from duty where state = 'open' and duty.owner_party not in ('employer', 'individual'))
        union all
        select (select min(duty.owner_post) from duty
                where state = 'open' and duty.owner_party not in ('employer', 'individual')
                  and duty.owner_post > named.post)
        from named where named.post is not null
    ), held (post, high, code) as (
        select named.post, part.high,
               (select min(duty.owner_code) from duty
                where state = 'open' and duty.owner_party not in ('employer', 'individual')
                  and duty.owner_post = named.post and duty.owner_code >= low and duty.owner_code < high)
        from named cross join part
        union all
        select held.post, held.high,
               (select min(duty.owner_code) from duty
                where state = 'open' and duty.owner_party not in ('employer', 'individual') and duty.owner_post = held.post
                  and duty.owner_code > held.code and duty.owner_code < held.high)
        from held where held.code is not null
    ), employer (unit) as (
        (select duty.owner_unit from duty where state = 'open' and duty.owner_party = 'employer' order by 1 limit 1)
        union all
        select (select duty.owner_unit from duty
                where state = 'open' and duty.owner_party = 'employer' and duty.owner_unit > employer.unit order by 1 limit 1)
        from employer where employer.unit is not null
    )
    select '', held.post, held.code, null::uuid from held where code is not null
    union
    select '', named.post, part.low / size * size, null
    from named cross join part
    cross join unnest(array[10000000, 10000000000, 1000000000000, 100000000000000]) as size
    where part.low > 0
      and (select true from duty
           where state = 'open' and duty.owner_party not in ('employer', 'individual')
             and duty.owner_post = named.post and duty.owner_code = part.low / size * size limit 1)
    union all
    select 'employer', found.owner_post, unit.jurisdiction, employer.unit
    from employer join unit on unit.id = employer.unit
    cross join lateral (
        select distinct duty.owner_post from duty
        where state = 'open' and duty.owner_party = 'employer' and duty.owner_unit = employer.unit
    ) as found
    where unit.jurisdiction <@ (asked * (select scope()));
end;

-- Which of those posts have nobody with a phone on shift at an instant.
create function owners_without_anybody(asked int8multirange, asked_at timestamptz)
    returns table (owner_party text, owner_post text, owner_code bigint, owner_unit uuid)
    language sql stable security definer set search_path = public, pg_temp
begin atomic
    with answering as (
        select distinct post.kind, post.jurisdiction, post.unit
        from shift join post on post.id = shift.post
        where shift.ends > asked_at and shift.starts <= asked_at
          and coalesce(nullif(shift.phone, ''), post.phone) <> ''
          and not exists (select from shift as other
                          where other.post = shift.post and other.substitute_for = shift.account
                            and other.starts <= asked_at and asked_at < other.ends)
    ), owner as materialized (
        select * from owners_of_open_duties(asked)
    )
    select found.owner_party, owner.owner_post, owner.owner_code, null::uuid
    from owner
    cross join lateral (
        select duty.owner_party from duty
        where state = 'open' and duty.owner_party not in ('employer', 'individual')
          and duty.owner_post = owner.owner_post and duty.owner_code = owner.owner_code limit 1
    ) as found
    where owner.owner_unit is null
      and not exists (select from answering
                      where answering.kind = owner.owner_post and answering.jurisdiction = owner.owner_code)
    union all
    select owner.* from owner
    where owner.owner_unit is not null
      and not exists (select from answering
                      where answering.kind = owner.owner_post and answering.unit = owner.owner_unit);
end;

-- The groups in which open duties are indexed, found one by one. They say nothing about anybody.
create function duty_groups() returns table (consequence smallint, hours smallint)
    language sql stable security definer rows 20 set search_path = public, pg_temp
begin atomic
    with recursive found (consequence, hours) as (
        (select duty.consequence, lifespan(due, valid_until) from duty where state = 'open'
         order by duty.consequence, lifespan(due, valid_until) limit 1)
        union all
        select next.* from found cross join lateral (
            select duty.consequence, lifespan(due, valid_until) from duty
            where state = 'open' and (duty.consequence, lifespan(due, valid_until)) > (found.consequence, found.hours)
            order by duty.consequence, lifespan(due, valid_until) limit 1
        ) as next
    )
    select found.consequence, found.hours from found;
end;

-- The next duties of one group in the order of their due instants, from a given one on: those late at an instant, or
-- those that fall due by one. Sorting is off because the index has the order: the planner takes the conditions together
-- for so selective that it would rather read the whole group and sort.
create function next_duties(in_group smallint, in_hours smallint, from_due timestamptz, from_subject uuid, due_until timestamptz,
                            asked_at timestamptz, late boolean, low bigint, high bigint, ranges int8multirange,
                            wanted_line text, wanted_measure text, wanted_kind text, wanted_post text, most integer)
    returns table (due timestamptz, subject uuid)
    language sql stable security definer rows 100 set search_path = public, pg_temp set enable_sort = off
begin atomic
    select duty.due, duty.subject from duty
    where state = 'open' and consequence = in_group and lifespan(duty.due, valid_until) = in_hours
      and (duty.due, duty.subject) >= (from_due, from_subject) and duty.due <= due_until
      and case when late then valid_from <= asked_at and coalesce(valid_until, 'infinity') > asked_at
               else valid_from < duty.due and duty.due <= coalesce(valid_until, 'infinity') end
      and jurisdiction >= low and jurisdiction < high and (ranges is null or jurisdiction <@ ranges)
      and case when (select int8range(low, high) <@ scope()) then true else jurisdiction <@ (select scope()) end
      and (wanted_line is null or line = wanted_line)
      and (wanted_measure is null or measure = wanted_measure)
      and (wanted_kind is null or kind = wanted_kind)
      and (wanted_post is null or owner_post = wanted_post)
    order by duty.due, duty.subject
    limit most;
end;

-- The same of those that have risen by the instant.
create function next_risen_duties(in_group smallint, in_hours smallint, from_due timestamptz, from_subject uuid,
                                  due_until timestamptz, asked_at timestamptz, low bigint, high bigint, ranges int8multirange,
                                  wanted_line text, wanted_measure text, wanted_kind text, wanted_post text, most integer)
    returns table (due timestamptz, subject uuid)
    language sql stable security definer rows 100 set search_path = public, pg_temp set enable_sort = off
begin atomic
    select duty.due, duty.subject from duty
    where state = 'open' and consequence = in_group and lifespan(duty.due, valid_until) = in_hours
      and (duty.due, duty.subject) >= (from_due, from_subject) and duty.due <= due_until
      and valid_from <= asked_at and coalesce(valid_until, 'infinity') > asked_at
      and jurisdiction >= low and jurisdiction < high and (ranges is null or jurisdiction <@ ranges)
      and case when (select int8range(low, high) <@ scope()) then true else jurisdiction <@ (select scope()) end
      and (wanted_line is null or line = wanted_line)
      and (wanted_measure is null or measure = wanted_measure)
      and (wanted_kind is null or kind = wanted_kind)
      and (wanted_post is null or owner_post = wanted_post)
      and (select true from escalation
           where (escalation.subject, escalation.loop, escalation.duty, escalation.level)
               = (duty.subject, duty.loop, duty.key, 1) and escalation.at <= asked_at)
    order by duty.due, duty.subject
    limit most;
end;

-- Whose duties are late, or due by the end of the day, with owners who have nobody on duty; those are given. It looks at
-- no scope: only the functions below ask it.
create function unanswered(asked_at timestamptz, day_end timestamptz, posts text[], codes bigint[], units uuid[])
    returns table (subject uuid)
    language sql stable
begin atomic
    select duty.subject
    from unnest(posts, codes, units) as owner (post, code, unit)
    cross join lateral (
        select duty.subject from duty
        where owner.unit is null and state = 'open' and owner_party not in ('employer', 'individual')
          and owner_post = owner.post and owner_code = owner.code and due <= day_end
          and valid_from <= asked_at and coalesce(valid_until, 'infinity') > asked_at
        union all
        select duty.subject from duty
        where state = 'open' and owner_party = 'employer' and owner_unit = owner.unit and owner_post = owner.post
          and due <= day_end and valid_from <= asked_at and coalesce(valid_until, 'infinity') > asked_at
    ) as duty;
end;

-- People under control by areas of one size, and how many of them are clear in each of the four ways. Those who are not
-- are counted, for they are few. The areas are found one by one in the index, and each is read from it alone: grouping
-- takes twice as long. Whoever is in their last stretch of restriction is known to have a status; spans tell of others.
create function clears_by_area(low bigint, high bigint, size bigint, asked_at timestamptz, day_end timestamptz,
                               posts text[], codes bigint[], units uuid[])
    returns table (code bigint, people bigint, counted bigint, identified bigint, located bigint, controlled bigint)
    language sql stable security definer set search_path = public, pg_temp set max_parallel_workers_per_gather = 0
begin atomic
    with recursive area (code) as (
        select (select min(person.jurisdiction) from person
                where controlled_until is not null and merged_into is null
                  and person.jurisdiction >= low and person.jurisdiction < high) / size * size
        union all
        select (select min(person.jurisdiction) from person
                where controlled_until is not null and merged_into is null
                  and person.jurisdiction >= area.code + size and person.jurisdiction < high) / size * size
        from area where area.code is not null
    )
    select area.code, found.people, found.people - doubtful, found.people - nameless, found.people - placeless,
           found.people - loose
    from area
    cross join lateral (
        select count(*) as people,
               count(*) filter (where id in (select unnest(array[left_person, right_person]) from duplicate
                                             where state = 'possible')) as doubtful,
               count(*) filter (where not person.identified) as nameless,
               count(*) filter (where person.jurisdiction % 10000000 = 0) as placeless,
               count(*) filter (where controlled_from > asked_at
                                      and not exists (select from status_span
                                                      where subject = id and starts <= asked_at and ends > asked_at
                                                        and strictness > 0)
                                   or id in (select subject
                                             from unanswered(asked_at, day_end, posts, codes, units))) as loose
        from person
        where controlled_until > asked_at and merged_into is null
          and person.jurisdiction >= area.code and person.jurisdiction < area.code + size
          and case when (select int8range(low, high) <@ scope()) then true else person.jurisdiction <@ (select scope()) end
    ) as found
    where found.people > 0;
end;

-- The people behind what is missing to one of the four, in order of jurisdiction from a given one on.
create function people_not_clear(low bigint, high bigint, ranges int8multirange, after_jurisdiction bigint, after_id uuid,
                                 clear text, asked_at timestamptz, day_end timestamptz, posts text[], codes bigint[],
                                 units uuid[], most integer)
    returns table (id uuid, jurisdiction bigint, identified boolean, controlled_until timestamptz)
    language sql stable security definer set search_path = public, pg_temp set max_parallel_workers_per_gather = 0
begin atomic
    select person.id, person.jurisdiction, person.identified, person.controlled_until
    from person
    where person.controlled_until > asked_at and merged_into is null
      and person.jurisdiction >= greatest(low, after_jurisdiction) and person.jurisdiction < high
      and (ranges is null or person.jurisdiction <@ ranges)
      and (after_jurisdiction is null or (person.jurisdiction, person.id) > (after_jurisdiction, after_id))
      and case when (select int8range(low, high) <@ scope()) then true else person.jurisdiction <@ (select scope()) end
      and case clear
          when 'count' then person.id in (select unnest(array[left_person, right_person]) from duplicate
                                          where state = 'possible')
          when 'identity' then not person.identified
          when 'location' then person.jurisdiction % 10000000 = 0
          else controlled_from > asked_at
               and not exists (select from status_span
                               where subject = person.id and starts <= asked_at and ends > asked_at and strictness > 0)
               or person.id in (select subject from unanswered(asked_at, day_end, posts, codes, units))
          end
    order by person.jurisdiction, person.id
    limit most;
end;

-- Every adoption of a rulebook with who adopted it and why, which stand in the ledger only. Adoptions are open to all.
create function adoptions_told()
    returns table (rulebook text, digest bytea, jurisdiction bigint, adopted_at timestamptz, recorded_at timestamptz,
                   actor text, reason text)
    language sql stable security definer set search_path = public, pg_temp
begin atomic
    select adoption.rulebook, adoption.digest, adoption.jurisdiction, adoption.adopted_at, adoption.recorded_at,
           coalesce(act.actor, ''), coalesce(event.open ->> 'reason', '')
    from adoption  -- what is in force stands in this table alone: an event that is not found takes nothing away
    left join event on event.stream = adoption.stream and event.kind = 'rulebook-adopted'
              and event.occurred_at = adoption.adopted_at and event.recorded_at = adoption.recorded_at
    left join act on act.id = event.act;
end;

do $$
declare
    name regproc;
begin
    foreach name in array array['adoptions_told', 'owners_on_duty', 'owners_of_open_duties', 'owners_without_anybody', 'duty_groups',
                                'next_duties', 'next_risen_duties', 'clears_by_area', 'people_not_clear']::regproc[] loop
        execute format('alter function %s owner to epiloop_engine', name);
        execute format('revoke execute on function %s from public', name);
        execute format('grant execute on function %s to epiloop_app', name);
    end loop;
    alter function unanswered owner to epiloop_engine;
    revoke execute on function unanswered from public;
end
$$;
