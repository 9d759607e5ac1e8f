"""Rules are set up here: saved in versions, switched, and let speak by an administrator."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Max

from amends.casework import Action, Role, check_may
from amends.casework.automation import (
    REPLIES,
    Do,
    Fact,
    Rule,
    check_rule,
    data_of,
    rule_of,
    speaks,
    speaks_in_public,
    uses,
)
from amends.desk.actions.triggers import note_waits
from amends.desk.models import Responder, RuleChange, RuleGrant, RuleRow, RuleVersion
from amends.desk.queries.ruling import grant_of, names_now
from amends.terms import BadInput, NotAllowed, Stale

MOST_PER_DAY: Final = 1_000


def save_rule(
    row: RuleRow | None,
    *,
    name: str,
    rule: Rule,
    by: Responder,
    now: datetime,
    seen: int | None = None,
) -> RuleRow:
    """Create a rule, switched off, or change one; the version before is kept.

    A version that writes to customers does so only once it is granted; one that did loses its grant.
    ``seen``: the version that the page showed. Raises ``BadInput``, ``NotAllowed``, ``Stale``.
    """
    check_may(Role(by.role), Action.SET_UP)
    check_rule(rule)
    check_names(rule)
    name = " ".join(name.split())
    if not 0 < len(name) <= 80:
        raise BadInput("A name has 1 to 80 characters.")
    with transaction.atomic():
        changed = RuleRow() if row is None else _held(row)
        if row is not None and seen is not None and changed.number != seen:
            raise Stale("Somebody changed this rule meanwhile. Look again, then change it.")
        others = RuleRow.objects.filter(name=name, removed_at=None).exclude(pk=changed.pk or 0)
        if others.exists():
            raise BadInput(f"There is another rule called {name}. Choose a name of its own.")
        if row is not None and (changed.name, changed.data) == (name, data_of(rule)):
            return changed
        changed.number = changed.number + 1 if row is not None else 1
        changed.place = changed.place if row is not None else _last_place() + 1
        changed.name, changed.data = name, data_of(rule)
        changed.trigger, changed.after = rule.trigger, rule.after
        changed.save()
        RuleVersion.objects.create(
            rule=changed, number=changed.number, name=name, data=changed.data, by=by, at=now
        )
        _note(changed, "saved", by=by, now=now)
        note_waits(changed, now=now)
    return changed


def check_names(rule: Rule) -> None:
    """Raise ``BadInput`` where a rule names somebody or something that is not there."""
    names = names_now()
    people = [one for one in uses(rule, [Do.PERSON, Do.TELL]) if one.isdecimal()]
    brands = [v for one in rule.conditions if one.fact is Fact.BRAND for v in one.values]
    for what, wanted, known in (
        ("colleague", people, names.people),
        ("team", uses(rule, [Do.TEAM]), names.teams),
        ("snippet", uses(rule, REPLIES), names.snippets),
        ("brand", brands, names.brands),
    ):
        if not set(wanted) <= set(known):
            raise BadInput(f"The rule names a {what} who or that is gone. Choose another.")


def switch_rule(row: RuleRow, *, on: bool, by: Responder, now: datetime) -> RuleRow:
    """Switch a rule on or off; as it was already changes nothing. One that writes to customers is
    switched on only where it was granted to."""
    check_may(Role(by.role), Action.SET_UP)
    with transaction.atomic():
        held = _held(row)
        if held.enabled == on:
            return held
        if on and speaks(rule_of(held.data)) and grant_of(held) is None:
            raise NotAllowed("This rule writes to customers. Grant it that first, with a cap.")
        held.enabled = on
        held.save(update_fields=["enabled"])
        _note(held, "switched_on" if on else "switched_off", by=by, now=now)
        note_waits(held, now=now)
    return held


def grant_rule(
    row: RuleRow, *, public: bool, per_hour: int, per_day: int, by: Responder, now: datetime
) -> RuleGrant:
    """Let the present version of a rule write to customers, so often at most. ``public``: in public
    too, which has to be said. Raises ``BadInput``, ``NotAllowed``."""
    _check_administrator(by)
    if not 0 < per_hour <= per_day <= MOST_PER_DAY:
        raise BadInput(
            f"Choose a cap: 1 to {MOST_PER_DAY:,} replies a day, and no more of them in an hour."
        )
    with transaction.atomic():
        held = _held(row)
        rule = rule_of(held.data)
        if not speaks(rule):
            raise BadInput("This rule writes to nobody, so there is nothing to grant.")
        if speaks_in_public(rule) and not public:
            raise BadInput("This rule replies in public. Say that it may, or change it.")
        RuleGrant.objects.filter(rule=held, revoked_at=None).update(revoked_at=now)
        _note(held, "granted", by=by, now=now)
        return RuleGrant.objects.create(
            rule=held, number=held.number, public=public, per_hour=per_hour, per_day=per_day,
            by=by, at=now,
        )  # fmt: skip


def revoke_grant(row: RuleRow, *, by: Responder, now: datetime) -> None:
    """Take back what was granted: from this moment on the rule writes to nobody."""
    _check_administrator(by)
    with transaction.atomic():
        held = _held(row)
        if RuleGrant.objects.filter(rule=held, revoked_at=None).update(revoked_at=now):
            _note(held, "revoked", by=by, now=now)


def remove_rule(row: RuleRow, *, by: Responder, now: datetime) -> None:
    """Take a rule away; what it did, and who set it up, is kept."""
    check_may(Role(by.role), Action.SET_UP)
    with transaction.atomic():
        held = _held(row)
        if held.removed_at is not None:
            return
        held.enabled, held.removed_at = False, now
        held.save(update_fields=["enabled", "removed_at"])
        RuleGrant.objects.filter(rule=held, revoked_at=None).update(revoked_at=now)
        _note(held, "removed", by=by, now=now)
        note_waits(held, now=now)


def move_rule(row: RuleRow, *, up: bool, by: Responder, now: datetime) -> RuleRow:
    """Let a rule run one place sooner, or later; the first and the last stay where they are."""
    check_may(Role(by.role), Action.SET_UP)
    with transaction.atomic():
        # Held by their age, as whoever follows them holds them, then put in order.
        held = list(
            RuleRow.objects.select_for_update(no_key=True).filter(removed_at=None).order_by("pk")
        )
        rows = sorted(held, key=lambda one: (one.place, one.pk))
        at = next((n for n, one in enumerate(rows) if one.pk == row.pk), None)
        if at is None:
            raise NotAllowed("That rule was removed meanwhile.")
        to = at - 1 if up else at + 1
        if not 0 <= to < len(rows):
            return rows[at]
        rows[at], rows[to] = rows[to], rows[at]
        for place, one in enumerate(rows, start=1):
            one.place = place
        RuleRow.objects.bulk_update(rows, ["place"])
        _note(rows[to], "moved", by=by, now=now)
    return rows[to]


def _last_place() -> int:
    return RuleRow.objects.aggregate(last=Max("place"))["last"] or 0


def _held(row: RuleRow) -> RuleRow:
    return RuleRow.objects.select_for_update(no_key=True).get(pk=row.pk)


def _note(row: RuleRow, kind: str, *, by: Responder, now: datetime) -> None:
    RuleChange.objects.create(rule=row, kind=kind, number=row.number, by=by, at=now)


def _check_administrator(by: Responder) -> None:
    check_may(Role(by.role), Action.SET_UP)
    if by.role != Role.ADMINISTRATOR:
        raise NotAllowed("Only an administrator lets a rule write to customers.")
