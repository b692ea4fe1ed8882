-- The one role of the key service's database: it owns the vault and can enter nothing else. Run as roles.sql is.
do $$
begin
    if not exists (select from pg_roles where rolname = 'epiloop_vault') then
        create role epiloop_vault login;
    end if;
    if not (select rolsuper from pg_roles where rolname = current_user) then
        execute format('grant epiloop_vault to %I', current_user);
    end if;
end
$$;
