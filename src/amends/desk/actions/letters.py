"""Letters of apology: begun, written, handed in, approved by somebody else, sent, withdrawn (R43)."""

from collections.abc import Mapping
from datetime import date, datetime

from django.conf import settings

from amends.casework import Role, check_approver
from amends.casework.letters import (
    LetterStatus,
    LetterWay,
    check_letter_move,
    check_letter_words,
    check_way,
    check_whole,
)
from amends.casework.remedies import RemedyKind, RemedyStatus
from amends.desk.actions.cases import held, write
from amends.desk.actions.chronicle import make_event
from amends.desk.actions.guarding import LONGEST_REASON, Checked, ready_guard, why_anyway
from amends.desk.models import Case, CaseEvent, Letter, PostRow, Remedy, Responder
from amends.desk.papers.letter import Sheet, fingerprint, letter_pdf
from amends.desk.queries.guarding import contacts_of, fault_of, policy_in_force
from amends.desk.queries.handoffs import is_proven, open_handoff
from amends.desk.queries.ledger import limits
from amends.desk.queries.recent import recent_replies
from amends.desk.queries.speaking import check_may_speak
from amends.guard import CaseFacts, check
from amends.terms import BadInput, NotAllowed, Stale

WORDS = ("recipient", "address", "subject", "body", "signer")
_MADE_FOR_REPLIES = frozenset({"signature"})  # a letter has its own


def begin_letter(
    case: Case, *, recipient: str = "", due_on: date | None = None, by: Responder, now: datetime
) -> Letter:
    """Begin a letter: a gesture of the ledger that is open until it is sent or withdrawn."""
    check_letter_words({"recipient": recipient})
    with held(case, by=by, verb="letter") as row:
        remedy = Remedy.objects.create(
            case=row, kind=RemedyKind.LETTER, what="", due_on=due_on,
            status=RemedyStatus.APPROVED, by=by, at=now,
        )  # fmt: skip
        made = Letter.objects.create(
            case=row, remedy=remedy, status=LetterStatus.DRAFT, recipient=recipient.strip(),
            signer=by.name, dated=now.date(), by=by, at=now,
        )  # fmt: skip
        events = [
            make_event(
                row, "remedy.offered", at=now, by=by, remedy=remedy.pk, what="letter", waits=False
            ),
            make_event(row, "letter.begun", at=now, by=by, letter=made.pk),
        ]
        write(row, events)
    return made


def save_letter(
    letter: Letter, words: Mapping[str, str], *, by: Responder, now: datetime
) -> Letter:
    """Keep what is written so far; only a draft can be written on. Whoever wrote last is its writer."""
    kept = {name: words.get(name, "").replace("\0", "").strip() for name in WORDS}
    check_letter_words(kept)
    with held(letter.case, by=by, verb="letter-decide"):
        row = Letter.objects.select_for_update().get(pk=letter.pk)
        if row.status != LetterStatus.DRAFT:
            raise NotAllowed(f"A letter that is {row.status} is not written on. Withdraw it first.")
        for name, value in kept.items():
            setattr(row, name, value)
        row.by, row.at = by, now
        row.save(update_fields=[*WORDS, "by", "at"])
    return row


def check_letter(letter: Letter, *, by: Responder) -> Checked:
    """What the guard says of a letter: as of a private message of the case."""
    case, text = letter.case, f"{letter.body}\n\n{letter.signer}"
    told = PostRow.objects.filter(pk=case.first_post_id).values_list("text", flat=True).first()
    facts = CaseFacts(
        mode="private",
        post=told or "",
        fault=fault_of(case),
        authority=float(limits().get(Role(by.role), 0)),
    )
    policy = policy_in_force(contacts=contacts_of(case.brand))
    found = check(text, facts, recent_replies(text), None, policy)
    return Checked(text, [one for one in found if one.code not in _MADE_FOR_REPLIES])


def hand_in_letter(letter: Letter, *, anyway: str = "", by: Responder, now: datetime) -> Letter:
    """Hand a letter in for somebody else's approval; from now on it is the file that was made.

    Raises ``Guarded`` where the guard does not let it pass and ``anyway`` says not why it should,
    ``BadInput`` where something is missing or the font lacks a sign.
    """
    ready_guard(letter.body)
    with held(letter.case, by=by, verb="letter-decide") as case:
        row = _moved(letter, LetterStatus.WAITING)
        row.case = case
        check_may_speak(by, now=now)  # a letter is signed by its signer, under what it says
        check_whole({name: getattr(row, name) for name in WORDS})
        checked = check_letter(row, by=by)
        row.anyway = why_anyway(checked, anyway, by=by)
        row.verdict = checked.verdict
        row.findings = [[one.code, one.level, *one.span] for one in checked.findings]
        row.dated, row.by, row.at, row.reason = now.date(), by, now, ""
        row.pdf = letter_pdf(sheet_of(row), settings.AMENDS.letter_font)
        row.sha256 = fingerprint(row.pdf)
        row.save()
        told = {"letter": row.pk, "sha256": row.sha256, "guard": row.verdict}
        write(case, [make_event(case, "letter.handed_in", at=now, by=by, **told)])
    return row


def sheet_of(letter: Letter) -> Sheet:
    """What stands in the letter."""
    return Sheet(
        sender=letter.case.brand.name,
        recipient=letter.recipient,
        address=letter.address,
        dated=letter.dated,
        subject=letter.subject,
        body=letter.body,
        signer=letter.signer,
    )


def approve_letter(letter: Letter, *, seen: str, by: Responder, now: datetime) -> Letter:
    """Let a letter be sent. ``seen``: the hash of the file that was read. Raises ``Stale`` for another
    one, ``NotAllowed`` for whoever wrote it or may not approve."""
    with held(letter.case, by=by, verb="letter-decide") as case:
        row = _judged(letter, LetterStatus.APPROVED, by, now=now)
        if row.sha256 != seen:
            raise Stale("Somebody handed in another letter meanwhile. Read it, then decide.")
        row.approver, row.at = by, now
        row.save(update_fields=["status", "approver", "at"])
        told = {"letter": row.pk, "sha256": row.sha256}
        write(case, [make_event(case, "letter.approved", at=now, by=by, **told)])
    return row


def refuse_letter(letter: Letter, *, reason: str, by: Responder, now: datetime) -> Letter:
    """Give a letter back to whoever wrote it, with why."""
    if not reason.strip():
        raise BadInput("Say why it shall not go out: whoever wrote it will want to know.")
    with held(letter.case, by=by, verb="letter-decide") as case:
        row = _judged(letter, LetterStatus.DRAFT, by, now=now)
        row.reason, row.at, row.pdf, row.sha256 = reason.strip()[:LONGEST_REASON], now, None, ""
        row.save(update_fields=["status", "reason", "at", "pdf", "sha256"])
        write(case, [make_event(case, "letter.refused", at=now, by=by, letter=row.pk)])
    return row


def send_letter(letter: Letter, *, way: LetterWay, by: Responder, now: datetime) -> Letter:
    """It is on its way: given to the post, or laid on the customer's private page. Its gesture is
    delivered then."""
    with held(letter.case, by=by, verb="letter-decide") as case:
        row = _moved(letter, LetterStatus.SENT)
        check_may_speak(by, now=now)
        page = open_handoff(case, now=now, claimed=True)
        check_way(way, address=row.address, page_open=page is not None and is_proven(page))
        row.way, row.sent_at = way, now
        row.save(update_fields=["status", "way", "sent_at"])
        told = {"letter": row.pk, "sha256": row.sha256, "way": str(way)}
        events = [make_event(case, "letter.sent", at=now, by=by, **told)]
        events += _settle(row, RemedyStatus.DELIVERED, case, by=by, now=now)
        write(case, events)
    return row


def withdraw_letter(letter: Letter, *, by: Responder, now: datetime) -> Letter:
    """There shall be no letter after all."""
    with held(letter.case, by=by, verb="letter-decide") as case:
        row = _moved(letter, LetterStatus.WITHDRAWN)
        row.at = now
        row.save(update_fields=["status", "at"])
        events = [make_event(case, "letter.withdrawn", at=now, by=by, letter=row.pk)]
        events += _settle(row, RemedyStatus.CANCELLED, case, by=by, now=now)
        write(case, events)
    return row


def _settle(
    letter: Letter, status: RemedyStatus, case: Case, *, by: Responder, now: datetime
) -> list[CaseEvent]:
    """What becomes of the letter's gesture in the ledger."""
    open_row = Remedy.objects.filter(pk=letter.remedy_id, status=RemedyStatus.APPROVED)
    delivered = now if status is RemedyStatus.DELIVERED else None
    if not open_row.update(status=status, delivered_at=delivered):
        return []
    return [make_event(case, f"remedy.{status}", at=now, by=by, remedy=letter.remedy_id)]


def _moved(letter: Letter, status: LetterStatus) -> Letter:
    row = Letter.objects.select_for_update().get(pk=letter.pk)
    check_letter_move(LetterStatus(row.status), status)
    row.status = status
    return row


def _judged(letter: Letter, status: LetterStatus, by: Responder, *, now: datetime) -> Letter:
    row = Letter.objects.select_for_update().get(pk=letter.pk)
    if row.status != LetterStatus.WAITING:
        raise NotAllowed(f"A letter that is {row.status} waits for nobody's decision.")
    check_approver(Role(by.role), may_approve=by.may_approve, wrote_it=row.by_id == by.pk)
    if status is LetterStatus.APPROVED:
        check_may_speak(by, now=now)
    row.status = status
    return row
