"""What a person may choose from: owners, labels, networks."""

from collections.abc import Iterable

from django.db.models import QuerySet

from amends.casework import Action, Role, permitted
from amends.desk.models import Case, ChannelRow, Label, MacroRow, Responder, RuleRow, Team
from amends.desk.queries.doors import may_see, seen_by, sees_cases
from amends.desk.queries.prepared import prepared

LATEST = 500


def approvers(of: Responder, action: Action) -> list[Responder]:
    """Who may approve what this person did where that takes the right to ``action``."""
    may = Responder.objects.filter(is_active=True, may_approve=True).exclude(pk=of.pk)
    return [one for one in may.order_by("name") if action in permitted(Role(one.role))]


def owners(people: Iterable[Responder] | None = None) -> list[Responder]:
    """Everybody who may own a case, by name. ``people``: who is at work, where that is known."""
    there = at_work() if people is None else people
    return [one for one in there if Action.WORK in permitted(Role(one.role))]


@prepared
def at_work() -> QuerySet[Responder]:
    """Everybody who may sign in, by name."""
    return Responder.objects.filter(is_active=True).order_by("name", "pk")


def uppers(people: Iterable[Responder] | None = None) -> list[Responder]:
    """Everybody to whom a case can be handed up, by name. ``people`` as for ``owners``."""
    there = at_work() if people is None else people
    return [one for one in there if one.role in {Role.LEAD, Role.ADMINISTRATOR}]


def teams() -> list[Team]:
    """The teams, in the order in which they are asked."""
    return _teams()


@prepared
def _teams() -> QuerySet[Team]:
    return Team.objects.all()


def label_names() -> list[str]:
    return _labels()


@prepared
def _labels() -> QuerySet[Label, str]:
    return Label.objects.order_by("name").values_list("name", flat=True)


def networks_seen(person: Responder) -> list[str]:
    """The networks of our accounts, and of the latest cases a person may see: going through all of
    them takes long."""
    return sorted(_networks(role=Role(person.role))) if sees_cases(person) else []


@prepared
def _networks(*, role: Role) -> QuerySet[ChannelRow, str]:
    latest = seen_by(role).order_by("-touched_at", "-id").values("pk")[:LATEST]
    theirs = Case.objects.filter(pk__in=latest).order_by().values_list("network", flat=True)
    return ChannelRow.objects.order_by().values_list("network", flat=True).union(theirs)


def names_of(*, people: set[int], labels: set[int]) -> tuple[dict[int, str], dict[int, str]]:
    """Names by id, of responders and of labels: events hold ids only."""
    found = Responder.objects.filter(pk__in=people).values_list("pk", "name") if people else ()
    marks = Label.objects.filter(pk__in=labels).values_list("pk", "name") if labels else ()
    return dict(found), dict(marks)


def rule_names(rules: set[int]) -> dict[int, str]:
    """As ``names_of``, of rules; those that were removed too."""
    found = RuleRow.objects.filter(pk__in=rules).values_list("pk", "name") if rules else ()
    return dict(found)


def macro_names(macros: set[int]) -> dict[int, str]:
    """As ``rule_names``, of macros."""
    found = MacroRow.objects.filter(pk__in=macros).values_list("pk", "name") if macros else ()
    return dict(found)


def find_cases(person: Responder, words: str, *, most: int = 8) -> list[Case]:
    """Cases by reference or handle, the latest touched first: for going to one."""
    cases = may_see(person).select_related("first_post__author").order_by("-touched_at", "-id")
    words = words.strip().removeprefix("@")
    if words:
        by_ref = cases.filter(ref__icontains=words)
        cases = by_ref | cases.filter(first_post__author__handle__icontains=words)
    return list(cases[:most])
