"""The Django application that holds templates, static files and template tags."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages; it owns no tables."""

    name = "epiloop.web"
    label = "web"
