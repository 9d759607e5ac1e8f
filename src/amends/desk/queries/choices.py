"""What a person may choose from: owners, labels, networks."""

from amends.casework import Action, Role, permitted
from amends.desk.models import Case, ChannelRow, Label, MacroRow, Responder, RuleRow, Team
from amends.desk.queries.doors import may_see

LATEST = 500


def approvers(of: Responder, action: Action) -> list[Responder]:
    """Who may approve what this person did where that takes the right to ``action``."""
    may = Responder.objects.filter(is_active=True, may_approve=True).exclude(pk=of.pk)
    return [one for one in may.order_by("name") if action in permitted(Role(one.role))]


def owners() -> list[Responder]:
    """Everybody who may own a case, by name."""
    working = [role.value for role in Role if Action.WORK in permitted(role)]
    return list(Responder.objects.filter(is_active=True, role__in=working).order_by("name", "pk"))


def uppers() -> list[Responder]:
    """Everybody to whom a case can be handed up, by name."""
    above = Responder.objects.filter(is_active=True, role__in=[Role.LEAD, Role.ADMINISTRATOR])
    return list(above.order_by("name", "pk"))


def teams() -> list[Team]:
    """The teams, in the order in which they are asked."""
    return list(Team.objects.all())


def label_names() -> list[str]:
    return list(Label.objects.order_by("name").values_list("name", flat=True))


def networks_seen(person: Responder) -> list[str]:
    """The networks of our accounts, and of the latest cases a person may see: going through all of
    them takes long."""
    latest = (
        may_see(person).order_by("-touched_at", "-id").values_list("network", flat=True)[:LATEST]
    )
    ours = ChannelRow.objects.values_list("network", flat=True)
    return sorted({*latest, *ours})


def names_of(*, people: set[int], labels: set[int]) -> tuple[dict[int, str], dict[int, str]]:
    """Names by id, of responders and of labels: events hold ids only."""
    found = Responder.objects.filter(pk__in=people).values_list("pk", "name")
    marks = Label.objects.filter(pk__in=labels).values_list("pk", "name")
    return dict(found), dict(marks)


def rule_names(rules: set[int]) -> dict[int, str]:
    """As ``names_of``, of rules; those that were removed too."""
    found = RuleRow.objects.filter(pk__in=rules) if rules else RuleRow.objects.none()
    return dict(found.values_list("pk", "name"))


def macro_names(macros: set[int]) -> dict[int, str]:
    """As ``rule_names``, of macros."""
    found = MacroRow.objects.filter(pk__in=macros) if macros else MacroRow.objects.none()
    return dict(found.values_list("pk", "name"))


def find_cases(person: Responder, words: str, *, most: int = 8) -> list[Case]:
    """Cases by reference or handle, the latest touched first: for going to one."""
    cases = may_see(person).select_related("first_post__author").order_by("-touched_at", "-id")
    words = words.strip().removeprefix("@")
    if words:
        by_ref = cases.filter(ref__icontains=words)
        cases = by_ref | cases.filter(first_post__author__handle__icontains=words)
    return list(cases[:most])
