"""The one Django app."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "amends.desk"
    label = "desk"
    verbose_name = "Desk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.models import BigAutoField, CharField

        from amends.desk.models.among import Among

        for field in (CharField, BigAutoField):
            field.register_lookup(Among)
