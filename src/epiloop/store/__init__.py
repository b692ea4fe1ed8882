"""PostgreSQL: schema, the ledger port, projections and reading. SQL stands in .sql files under `sql/`."""
