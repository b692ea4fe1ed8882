"""The Django application that owns the tables written through models: accounts and sessions."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """Models and migrations; the ledger and its projections are SQL under `sql/`."""

    name = "epiloop.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"
