-- Who may enter which database. Everybody else is shut out; owners come in because they own.
revoke all on database epiloop from public;
revoke all on database epiloop_vault from public;
grant connect, temporary on database epiloop to epiloop_engine;
grant connect on database epiloop to epiloop_app;
