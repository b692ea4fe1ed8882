-- Where the application's ledger ended each day stands in the log between the looks (vault/witness.py), in place of a unit.
ALTER TABLE access DROP CONSTRAINT access_kind_check;
ALTER TABLE access ADD CONSTRAINT access_kind_check CHECK (kind IN ('reveal', 'facts', 'search', 'linkage',
    'trace', 'history', 'legal-order', 'break-glass', 'attest', 'read', 'approve', 'witness', 'conflict'));
CREATE INDEX access_witnessed ON access (unit COLLATE "C") WHERE kind IN ('witness', 'conflict');
