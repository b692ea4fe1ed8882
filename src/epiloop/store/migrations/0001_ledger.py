"""The ledger, the engine's book-keeping, the projections, and who may do what: SQL, reviewed as SQL."""

from typing import ClassVar

from django.db import migrations

from epiloop.store.named import text
from epiloop.store.personal import check_migrated


class Migration(migrations.Migration):
    """Extensions must exist or be creatable: pg_trgm is trusted, so the owner of the database may create it."""

    dependencies: ClassVar[list[tuple[str, str]]] = []
    operations: ClassVar[list[migrations.RunSQL | migrations.RunPython]] = [
        *(
            migrations.RunSQL(text(f"schema/{name}.sql"))
            for name in ("ledger", "heads", "projections", "tracing", "assistance", "access", "reading", "checkins")
        ),
        migrations.RunPython(check_migrated),
    ]
