"""What the pages of administrators share."""

from collections.abc import Callable

from django.forms import Form

from amends.desk.actions.own_reader import own_reader
from amends.desk.models import Brand
from amends.terms import BadInput, NotAllowed


def accepted(form: Form, act: Callable[[], object]) -> bool:
    """Whether the form is valid and ``act`` took it; what was refused stands in the form."""
    if not form.is_valid():
        return False
    try:
        act()
    except (BadInput, NotAllowed) as error:
        form.add_error(None, sentence(error))
        return False
    return True


def sentence(error: Exception) -> str:
    """The error for a screen: a query's position means nothing where nobody typed a query."""
    return str(getattr(error, "reason", error))


def shipped_threshold() -> float:
    """The reader's own threshold: complaints from here on open a case."""
    return own_reader().threshold


def reader_name() -> str:
    """The reader that runs here, without a head."""
    return own_reader().tiers.whole


def threshold_of(brand: Brand | None) -> float:
    return (brand.threshold if brand else None) or shipped_threshold()
