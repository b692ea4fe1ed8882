-- Nobody but its owner enters the vault.
revoke all on database epiloop_vault from public;
