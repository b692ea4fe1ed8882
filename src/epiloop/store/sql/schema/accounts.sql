-- What the pages' role may do with accounts. The record of what was done to them is append-only, as the ledger is.
grant select, insert, update on account, account_grant, account_token to epiloop_app;
grant select, insert, update, delete on account_authenticator, account_passkey, account_recovery_code,
    account_sign_in_failure, account_session, account_setup_token, subject_letter to epiloop_app;
grant select, insert on account_record to epiloop_app;
create trigger append_only before update or delete or truncate on account_record
    for each statement execute function refuse_change();
