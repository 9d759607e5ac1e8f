"""JSON that we alone write."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class Unchecked(models.JSONField):
    """As its parent, but SQLite does not parse each value once more to see that it is JSON: of a
    mention's row that took more than half."""

    def db_check(self, connection: BaseDatabaseWrapper) -> None:  # noqa: ARG002
        return None

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "amends.desk.models.unchecked.Unchecked", args, kwargs
