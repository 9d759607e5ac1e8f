"""Macros: the doors to them."""

import logging
from collections.abc import Iterable

from django.db.models import QuerySet

from amends.casework import Action, Role, check_may
from amends.casework.macros import Macro, macro_of
from amends.desk.models import MacroRow, Responder
from amends.desk.queries.doors import NotThere
from amends.desk.queries.prepared import prepared
from amends.terms import BadInput

log = logging.getLogger(__name__)


def macros_now() -> list[MacroRow]:
    """All that are there: those with a key first, in the order of their keys."""
    return _macros()


@prepared
def _macros(*pk: int) -> QuerySet[MacroRow]:
    return _there().filter(pk=pk[0]) if pk else _there()


def _there() -> QuerySet[MacroRow]:
    return MacroRow.objects.filter(removed_at=None).order_by("-key", "name", "pk")


def macros_for(person: Responder) -> QuerySet[MacroRow]:
    """For those who set them up."""
    check_may(Role(person.role), Action.SET_UP)
    return _there().select_related("changed_by")


def get_macro(pk: int) -> MacroRow:
    """Raises ``NotThere``."""
    for macro in _macros(pk):
        return macro
    raise NotThere("There is no such macro; somebody removed it.")


def readable_macros(rows: Iterable[MacroRow]) -> list[tuple[MacroRow, Macro]]:
    """Those that can be read, in the order of their keys, those without one last."""
    found = []
    for row in rows:
        try:
            found.append((row, macro_of(row.data)))
        except BadInput as error:
            log.warning("The macro %s cannot be read, so it is not offered: %s", row, error)
    return sorted(found, key=lambda one: (not one[0].key, one[0].key, one[0].name))
