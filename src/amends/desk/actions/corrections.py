"""A colleague says what a post is: a correction of its reading, or that the reading was right."""

from datetime import datetime

from django.db import transaction

from amends.casework import Action, Role, check_may
from amends.casework.correcting import COMPLAINT, NOT_COMPLAINT, check_correction, corrected
from amends.casework.weighing import priority_of
from amends.desk.actions.book import as_reading
from amends.desk.actions.cases import held, write
from amends.desk.actions.chronicle import make_event
from amends.desk.models import Case, CaseEvent, Correction, PostRow, ReadingRow, Responder
from amends.desk.models.signs import STEPS
from amends.desk.queries.corrections import corrections_of
from amends.terms import BadInput, NotAllowed


def correct_reading(
    post: PostRow, *, what: str, said: str, threshold: float, by: Responder, now: datetime
) -> Correction:
    """Keep what a colleague says of a post's ``what``, beside what the reader said and in which
    version. Saying the same twice changes nothing. A graver case goes up in the inbox.

    Raises ``NotAllowed``, ``BadInput`` for words that are not known and posts that were not read.
    """
    check_may(Role(by.role), Action.WORK)
    check_correction(what, said)
    with transaction.atomic():
        reading = _reading_of(post)
        known = corrections_of([post.pk]).get(post.pk, {}).get(what)
        if known is not None and known.said == said:
            return known
        made = Correction.objects.create(
            post=post, what=what, said=said, was=_was(reading, what, threshold),
            complaint=reading.complaint, model=reading.model, by=by, at=now,
        )  # fmt: skip
        facts = {"what": what, "said": said, "was": made.was, "correction": made.pk}
        _note(post, "reading.corrected", reading, by=by, now=now, **facts)
    return made


def take_back(correction: Correction, *, by: Responder, now: datetime) -> None:
    """It was a slip: what was said before it holds again. Twice changes nothing."""
    check_may(Role(by.role), Action.WORK)
    with transaction.atomic():
        stands = Correction.objects.filter(pk=correction.pk, taken_back_at=None)
        if not stands.update(taken_back_at=now, taken_back_by=by):
            return
        facts = {"what": correction.what, "said": correction.said, "correction": correction.pk}
        post = correction.post
        reading = ReadingRow.objects.filter(post=post).first()
        _note(post, "reading.uncorrected", reading, by=by, now=now, **facts)


def _reading_of(post: PostRow) -> ReadingRow:
    if post.ours:
        raise NotAllowed("This is a post of our own; nobody reads it as a customer's.")
    if post.erased_at:
        raise BadInput("The text was erased, so nothing can be said of it.")
    reading = ReadingRow.objects.filter(post=post).first()
    if reading is None:
        raise BadInput("This post was not read, so there is nothing to correct.")
    return reading


def _was(reading: ReadingRow, what: str, threshold: float) -> str:
    if what == "severity":
        return STEPS[reading.severity or 0]
    if what == "sentiment":
        return reading.sentiment
    return COMPLAINT if reading.complaint >= threshold else NOT_COMPLAINT


def _note(
    post: PostRow, kind: str, reading: ReadingRow | None, *, by: Responder, now: datetime,
    **facts: object,
) -> None:  # fmt: skip
    """A line in the history of the post's case, where it is in one."""
    case = Case.objects.filter(places__post=post).first()
    if case is None:
        return
    with held(case, by=by, action=Action.WORK) as row:
        events = [make_event(row, kind, at=now, by=by, post=post.pk, **facts)]
        if reading is not None and kind == "reading.corrected":
            events += _graver(row, post, reading, now=now)
        write(row, events, "priority")


def _graver(case: Case, post: PostRow, reading: ReadingRow, *, now: datetime) -> list[CaseEvent]:
    said = {what: one.said for what, one in corrections_of([post.pk]).get(post.pk, {}).items()}
    wanted = int(priority_of(corrected(as_reading(reading), said | {"complaint": ""})))
    by_hand = case.history.filter(kind="case.prioritised", actor__isnull=False)
    theirs = post.author is not None and post.author.customer_id == case.customer_id
    if not theirs or "severity" not in said or wanted <= case.priority or by_hand.exists():
        return []
    old, case.priority = case.priority, wanted
    facts: dict[str, object] = {"from": old, "to": wanted, "post": post.pk}
    return [make_event(case, "case.prioritised", at=now, by=None, **facts)]
