"""The one Django app."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "amends.desk"
    label = "desk"
    verbose_name = "Desk"
    default_auto_field = "django.db.models.BigAutoField"
