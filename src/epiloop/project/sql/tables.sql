-- What the pages' role may do with Django's own tables, run as epiloop_owner after each migration.
do $$
begin
    if to_regclass('django_session') is not null then
        grant select, insert, update, delete on django_session to epiloop_app;
    end if;
    if to_regclass('django_migrations') is not null then
        grant select on django_migrations to epiloop_app;
    end if;
end
$$;
