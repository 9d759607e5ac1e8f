"""A complaint that came by telephone, face to face, by letter or e-mail, entered by hand (R23)."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from amends.casework import Action, CaseState, Decision, Intake, Priority, Role, check_may
from amends.casework.calls import Began, CallWay
from amends.casework.contacts import mail_address, phone_number
from amends.casework.entry import Came
from amends.desk.actions.calls import log_call
from amends.desk.actions.cases import add_note, prioritise_case
from amends.desk.actions.keeping import store_readings
from amends.desk.actions.manual import open_case_by_hand
from amends.desk.models import AuthorRow, Brand, Case, PostRow, Responder
from amends.terms import BadInput, Reading
from amends.text import storable

LONGEST = 10_000
OLDEST = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What somebody told us and how it came. ``answered`` is what they were told there and then, as
    the call or the talk took ``minutes``."""

    came: Came
    said: str
    at: datetime
    name: str = ""
    phone: str = ""
    mail: str = ""
    answered: str = ""
    minutes: int = 5
    priority: Priority = Priority.NORMAL


def enter_complaint(
    told: Told,
    *,
    brand: Brand,
    reading: Reading,
    by: Responder,
    now: datetime,
    new_ref: Callable[[], str],
    new_id: Callable[[], str] = lambda: secrets.token_hex(12),
) -> tuple[Case, bool]:
    """The case, and whether it is a new one: whoever has a live case goes on in that.

    The same number or address is the same person. Raises ``BadInput`` and ``NotAllowed``.
    """
    check_may(Role(by.role), Action.WORK)
    phone, mail, said = phone_number(told.phone), mail_address(told.mail), told.said.strip()
    _check(told, said, now=now)
    with transaction.atomic():
        author = _author(told, phone or mail or new_id())
        post = _post(told, author, said, reading, native_id=new_id(), now=now)
        decision = Decision(Intake.OPEN, CaseState.NEW, why=str(told.came))
        case, opened = open_case_by_hand(
            post, by=by, now=now, new_ref=new_ref, brand=brand, decision=decision
        )
        if opened and told.priority != Priority.NORMAL:
            case = prioritise_case(case, priority=told.priority, by=by, now=now)
        if phone and mail:  # known by the one, and the other is not to be lost
            add_note(case, text=f"They can be reached by {mail} too.", by=by, now=now)
        if told.answered.strip():
            _answered(case, told, by=by, now=now)
    case.refresh_from_db()
    return case, opened


def _check(told: Told, said: str, *, now: datetime) -> None:
    if not said:
        raise BadInput("Write down what they said, in their own words where you can.")
    if len(said) > LONGEST:
        raise BadInput(f"That is longer than {LONGEST:,} characters. Shorten it.")
    if not now - OLDEST <= told.at <= now:
        raise BadInput("Say when it came: a time within the last year.")
    if len(told.name) > 120:
        raise BadInput("A name has 120 characters at most.")


def _author(told: Told, known_by: str) -> AuthorRow:
    """Whoever it was, by number or address; a name alone is nobody's own."""
    name = storable(" ".join(told.name.split()))
    handle = re.sub(r"[^\w.-]+", ".", name.casefold()).strip(".")[:60] or "guest"
    author, made = AuthorRow.objects.get_or_create(
        network=told.came, native_id=known_by, defaults={"handle": handle, "name": name}
    )
    if not made and (name or author.erased_at is not None):
        author.handle, author.name, author.erased_at = handle, name, None
        author.save(update_fields=["handle", "name", "erased_at"])
    return author


def _post(
    told: Told, author: AuthorRow, said: str, reading: Reading, *, native_id: str, now: datetime
) -> PostRow:
    post = PostRow.objects.create(
        network=told.came,
        native_id=native_id,
        author=author,
        created_at=told.at,
        text=storable(said),
        private=True,
        to_us=True,
        conversation=native_id,
        heard_at=now,
    )
    store_readings([(post.pk, reading)])
    return post


def _answered(case: Case, told: Told, *, by: Responder, now: datetime) -> None:
    way = CallWay.PHONE if told.came is Came.PHONE else CallWay.MEETING
    log_call(
        case,
        said=told.answered,
        at=told.at,
        minutes=told.minutes,
        way=way,
        began=Began.CUSTOMER,
        by=by,
        now=now,
    )
