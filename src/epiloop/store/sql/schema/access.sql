-- Who may do what. epiloop_engine owns every projection; epiloop_app reads them, row by row inside its scope.
-- A scope is a multirange of jurisdiction codes in the setting epiloop.scope; unset means nothing is seen.

-- Owning tables and building their indexes anew (rebuild) needs the right to create in the schema.
grant usage, create on schema public to epiloop_engine;
grant usage on schema public to epiloop_app;

do $$
declare
    name text;
    open_to_all text[] := array['division', 'adoption', 'peer'];
    hidden text[] := array['stream', 'unsealed', 'deadline', 'set_aside', 'computed', 'snapshot', 'import_mapping', 'import_upload', 'assistance_try'];
    counts text[] := array['tally', 'tally_delta'];
    scoped text[] := array['unit', 'post', 'shift', 'place', 'zone', 'venue_code', 'door_count', 'person', 'outside_id', 'loop', 'stage', 'duty', 'status_span',
                           'escalation', 'case_record', 'contact_link', 'sample', 'follow_up', 'duplicate', 'audit', 'import_run', 'trace', 'assistance', 'assistance_person'];
begin
    foreach name in array open_to_all || hidden || counts || scoped loop
        execute format('alter table %I owner to epiloop_engine', name);
    end loop;
    foreach name in array open_to_all || counts || scoped loop
        execute format('grant select on %I to epiloop_app', name);
    end loop;
    foreach name in array counts || scoped loop
        execute format('alter table %I enable row level security', name);
        -- coalesce says no more than the condition within, but the planner takes it to let half of the rows through; of the
        -- bare condition it believes one in a thousand, and then reads whole tables to find a page of fifty
        execute format(
            'create policy inside_scope on %I for select to epiloop_app using
             (coalesce(%s <@ (select nullif(current_setting(''epiloop.scope'', true), '''')::int8multirange), false))',
            name, case name when 'tally' then 'int8range(community, community + (10 ^ level)::bigint)'
                            when 'tally_delta' then 'community' else 'jurisdiction' end);
    end loop;
end
$$;
grant select on import_mapping to epiloop_app;
alter view counted owner to epiloop_engine;
