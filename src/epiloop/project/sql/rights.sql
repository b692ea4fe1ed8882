-- Who may enter the database. Everybody else is shut out; the owner comes in because it owns.
revoke all on database epiloop from public;
grant connect, temporary on database epiloop to epiloop_engine;
grant connect on database epiloop to epiloop_app;
