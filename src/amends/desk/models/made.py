"""New rows of a model at the cost of their values alone."""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from django.db.models import Model

M = TypeVar("M", bound=Model)


def made(model: type[M], **given: Any) -> M:
    """As ``model(**given)``, which asks every field for what it holds where nothing is given: of a
    case that took most of the time. Foreign keys by their columns, such as ``case_id``; the object
    may be set afterwards. Raises ``TypeError`` for what is no column."""
    blank, asked = _blank(model)
    values = blank | given
    if len(values) != len(blank):
        message = f"{model.__name__} has no {', '.join(sorted(given.keys() - blank.keys()))}"
        raise TypeError(message)
    for name, default in asked.items():
        if name not in given:
            values[name] = default()
    return model(*values.values())


@cache
def _blank(model: type[Model]) -> tuple[dict[str, Any], dict[str, Callable[[], Any]]]:
    """What each column holds where nothing is given, in their order; and what is made anew."""
    fields = model._meta.concrete_fields  # noqa: SLF001 (documented: the model _meta API)
    asked = {
        one.attname: one.default for one in fields if one.has_default() and callable(one.default)
    }
    blank = {one.attname: None if one.attname in asked else one.get_default() for one in fields}
    return blank, asked
