-- The three roles of the application's database. Run by `epiloop init` as the server's superuser, or as a role that may
-- create roles and databases; running it again changes nothing. Passwords are set apart, as scram verifiers.
--
--   epiloop_owner   owns the schema and the ledger's tables, runs migrations, is used for nothing else
--   epiloop_engine  writes acts; owns the projections
--   epiloop_app     reads for pages, under row-level security; owns nothing
do $$
declare
    wanted text;
begin
    foreach wanted in array array['epiloop_owner', 'epiloop_engine', 'epiloop_app'] loop
        if not exists (select from pg_roles where rolname = wanted) then
            execute format('create role %I login', wanted);
        end if;
    end loop;
    -- migrations hand the projections over to the engine
    if not pg_has_role('epiloop_owner', 'epiloop_engine', 'member') then
        grant epiloop_engine to epiloop_owner;
    end if;
    -- a database can only be given to a role that one may act as
    if not (select rolsuper from pg_roles where rolname = current_user) then
        execute format('grant epiloop_owner to %I', current_user);
    end if;
end
$$;
-- a page never waits longer for the database than a person would
alter role epiloop_app set statement_timeout = '15s';
alter role epiloop_app set idle_in_transaction_session_timeout = '60s';
