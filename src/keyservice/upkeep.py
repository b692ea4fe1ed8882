"""What the vault's database needs from time to time."""

import psycopg

SCRUBBED = ("salt", "identity", "sought", "attestation", "authorisation")


def nightly(dsn: str) -> None:
    """What is due once a night: erased bytes leave the files, and searches know which tokens are rare."""
    scrub(dsn)
    refresh(dsn)


def scrub(dsn: str) -> None:
    """Take the bytes of erased people out of the tables' files, by writing the tables anew.

    PostgreSQL keeps a deleted row's bytes in its pages until they are overwritten by chance. Each table is locked
    meanwhile (a second or two per million people), so this runs at night. Bytes remain in the write-ahead log and in
    backups until those lapse, at most 7 days later (PRIVACY, "Sealing").
    """
    with psycopg.connect(dsn, autocommit=True) as connection:
        for table in SCRUBBED:
            connection.execute(f"VACUUM (FULL, ANALYZE) {table}")


def refresh(dsn: str) -> None:
    """After a bulk import: statistics, so that searches know which tokens are rare, and short pending lists."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE) sought")
