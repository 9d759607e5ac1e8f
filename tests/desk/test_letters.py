"""Letters of apology (R43), gestures (R42) and budgets by month (R41)."""

import zlib
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from amends.casework.budgets import Beyond, Spending, month_of
from amends.casework.fault import Fault
from amends.casework.letters import LETTER_MOVES, LetterStatus, LetterWay
from amends.casework.remedies import RemedyKind
from amends.desk.actions import close_case, erase_customer, proof, resolve_case
from amends.desk.actions.amends import (
    approve_remedy,
    deliver_remedy,
    determine_fault,
    offer_remedy,
)
from amends.desk.actions.budgets import remove_budget, save_budget
from amends.desk.actions.guarding import Guarded
from amends.desk.actions.handoffs import prove_handoff
from amends.desk.actions.letters import (
    approve_letter,
    begin_letter,
    hand_in_letter,
    refuse_letter,
    save_letter,
    send_letter,
    withdraw_letter,
)
from amends.desk.actions.speaking import save_speaking_rules
from amends.desk.models import Budget, Case, Letter, Remedy
from amends.desk.papers.letter import Sheet, fingerprint, letter_pdf
from amends.desk.queries.budgets import owed_for, spending_of
from amends.desk.queries.handoffs import letters_of
from amends.desk.queries.ledger import open_matters
from amends.terms import BadInput, NotAllowed, Stale
from tests import factories
from tests.desk.test_handoffs import taken
from tests.factories import NOON, case
from tests.people import ada, mina, noor, omar, priya, sol
from tests.support.trying import Tried

pytestmark = pytest.mark.database

HOUR = timedelta(hours=1)
WORDS = {
    "recipient": "Rosa Lind",
    "address": "Hauptstraße 1\n10115 Berlin",
    "subject": "Your black suitcase",
    "body": "Dear Rosa,\n\nyour suitcase was left in Oslo. We have found it.\n\nYours sincerely,",
    "signer": "Mina Kaya\nCustomer care",
}


def written(row: Case, **words: str) -> Letter:
    letter = begin_letter(row, recipient="Rosa", due_on=date(2026, 3, 9), by=mina(), now=NOON)
    return save_letter(letter, WORDS | words, by=mina(), now=NOON)


def handed_in(row: Case, **words: str) -> Letter:
    return hand_in_letter(written(row, **words), by=mina(), now=NOON)


def approved(row: Case) -> Letter:
    letter = handed_in(row)
    return approve_letter(letter, seen=letter.sha256, by=priya(), now=NOON + HOUR)


def kinds(row: Case) -> list[str]:
    return list(row.history.order_by("seq").values_list("kind", flat=True))[1:]


def test_letter_is_written_approved_by_somebody_else_and_sent() -> None:
    """R43; what was approved is what is kept, to the byte."""
    row = case()
    letter = send_letter(approved(row), way=LetterWay.POST, by=omar(), now=NOON + HOUR)
    letter.refresh_from_db()
    row.refresh_from_db()
    assert (letter.status, letter.by, letter.approver, letter.way, letter.sent_at) == (
        "sent", mina(), priya(), "post", NOON + HOUR,
    )  # fmt: skip
    assert letter.pdf is not None
    assert bytes(letter.pdf).startswith(b"%PDF-")
    assert fingerprint(bytes(letter.pdf)) == letter.sha256
    assert letter.sha256 == row.history.get(kind="letter.sent").data["sha256"]
    assert kinds(row) == [
        "remedy.offered", "letter.begun", "letter.handed_in", "letter.approved", "letter.sent",
        "remedy.delivered",
    ]  # fmt: skip
    assert (letter.remedy.status, proof(row).whole) == ("delivered", True)


def test_letter_is_signed_by_its_signer_where_every_reply_is_signed() -> None:
    """R27, R43: a signature under a reply is none that a letter needs."""
    save_speaking_rules(trained_from=None, names=[], must_sign=True, by=ada(), now=NOON)
    assert handed_in(case()).status == "waiting"


@pytest.mark.alike
def test_nobody_approves_their_own_letter_or_one_they_did_not_read() -> None:
    row = case()
    letter = handed_in(row)
    for who, words in ((omar(), "may not approve"), (noor(), "may not speak")):
        with pytest.raises(NotAllowed, match=words):
            approve_letter(letter, seen=letter.sha256, by=who, now=NOON)
    with pytest.raises(Stale, match="another letter meanwhile"):
        approve_letter(letter, seen="x", by=priya(), now=NOON)
    own = begin_letter(case(handle="omar"), by=priya(), now=NOON)
    save_letter(own, WORDS | {"body": "Dear Omar,\n\nthe stroller is here."}, by=priya(), now=NOON)
    own = hand_in_letter(own, by=priya(), now=NOON)
    with pytest.raises(NotAllowed, match="Nobody approves their own words"):
        approve_letter(own, seen=own.sha256, by=priya(), now=NOON)


@pytest.mark.alike
def test_letter_that_is_given_back_is_a_draft_again() -> None:
    row = case()
    letter = refuse_letter(handed_in(row), reason="Too cold.", by=priya(), now=NOON)
    assert (letter.status, letter.reason, letter.pdf, letter.sha256) == (
        "draft",
        "Too cold.",
        None,
        "",
    )
    with pytest.raises(BadInput, match="Say why"):
        refuse_letter(handed_in(case(handle="omar")), reason=" ", by=priya(), now=NOON)
    assert hand_in_letter(letter, by=mina(), now=NOON).reason == ""


@pytest.mark.alike
def test_letter_passes_the_guard_as_a_reply_does() -> None:
    """R30, R38: no threat; an apology of fault needs ours."""
    row = case()
    threat = written(row, body="If you do not delete your post, you will get no money from us.")
    with pytest.raises(Guarded, match="The guard stops"):
        hand_in_letter(threat, by=mina(), now=NOON)
    save_letter(threat, WORDS | {"body": "Dear Rosa,\n\nwe are sorry: this was our mistake."}, by=mina(), now=NOON)  # fmt: skip
    with pytest.raises(Guarded):
        hand_in_letter(threat, by=mina(), now=NOON)
    determine_fault(
        row, fault=Fault.OURS, facts="Left in Oslo.", fix="A new scanner", fix_on=date(2026, 3, 9),
        by=mina(), now=NOON,
    )  # fmt: skip
    letter = hand_in_letter(threat, anyway="She knows the fix by phone.", by=mina(), now=NOON)
    assert letter.status == "waiting"


@pytest.mark.alike
def test_letter_is_handed_in_whole() -> None:
    letter, tried = written(case()), Tried()
    for missing in ("recipient", "subject", "body", "signer"):
        with tried(missing):
            lacking = save_letter(letter, WORDS | {missing: " "}, by=mina(), now=NOON)
            with pytest.raises(BadInput, match="Before it is handed in, write"):
                hand_in_letter(lacking, by=mina(), now=NOON)
    assert not tried.wrong


@pytest.mark.alike
def test_words_that_are_too_long_are_refused_and_nothing_is_lost() -> None:
    letter, tried = written(case()), Tried()
    for name, most in (("subject", 160), ("address", 400), ("body", 6000)):
        with tried(name):
            with pytest.raises(BadInput, match=f"{most:,} characters at most"):
                save_letter(letter, WORDS | {name: "x" * (most + 1)}, by=mina(), now=NOON)
            letter.refresh_from_db()
            assert getattr(letter, name) == WORDS[name]
    assert not tried.wrong


@pytest.mark.alike
def test_letter_moves_as_declared() -> None:
    reached = set().union(*LETTER_MOVES.values())
    assert (set(LETTER_MOVES), reached | {LetterStatus.DRAFT}) == (set(LetterStatus),) * 2
    letter = handed_in(case())
    with pytest.raises(NotAllowed, match="A letter that is waiting cannot become sent"):
        send_letter(letter, way=LetterWay.POST, by=mina(), now=NOON)
    with pytest.raises(NotAllowed, match="is not written on"):
        save_letter(letter, WORDS, by=mina(), now=NOON)
    withdraw_letter(letter, by=mina(), now=NOON)
    with pytest.raises(NotAllowed, match="waits for nobody's decision"):
        approve_letter(letter, seen=letter.sha256, by=priya(), now=NOON)


def test_letter_goes_by_a_way_that_there_is() -> None:
    row = case()
    letter = approved(row)
    Letter.objects.update(address="")
    for way, words in ((LetterWay.POST, "has no address"), (LetterWay.PAGE, "no private page")):
        with pytest.raises(BadInput, match=words):
            send_letter(letter, way=way, by=mina(), now=NOON + 2 * HOUR)
    page = taken(row)
    with pytest.raises(BadInput, match="proven to be the customer's"):
        send_letter(letter, way=LetterWay.PAGE, by=mina(), now=NOON + 2 * HOUR)
    prove_handoff(page, by=mina(), now=NOON + HOUR)
    sent = send_letter(letter, way=LetterWay.PAGE, by=mina(), now=NOON + 2 * HOUR)
    assert list(letters_of(page)) == [sent]


@pytest.mark.alike
def test_case_closes_over_no_open_letter() -> None:
    """R42, R43: the letter is a gesture, and the ledger says how it stands."""
    row = case()
    letter = handed_in(row)
    row = resolve_case(row, by=mina(), now=NOON)
    assert [one.one for one in open_matters(row)] == ["a letter that is not delivered"]
    with pytest.raises(NotAllowed, match="Still open: a letter"):
        close_case(row, reason="Done.", by=mina(), now=NOON)
    with pytest.raises(NotAllowed, match="This gesture is a letter"):
        deliver_remedy(letter.remedy, by=mina(), now=NOON)
    withdraw_letter(letter, by=mina(), now=NOON)
    assert close_case(row, reason="Done.", by=mina(), now=NOON).state == "closed"
    assert Remedy.objects.get().status == "cancelled"


@pytest.mark.alike
def test_erasing_a_customer_erases_their_letters_and_keeps_that_there_were() -> None:
    row = case()
    letter = approved(row)
    erase_customer(row.customer, by=ada(), now=NOON)
    letter.refresh_from_db()
    words = {getattr(letter, name) for name in WORDS}
    assert (words, letter.pdf, len(letter.sha256), letter.status) == ({""}, None, 64, "approved")


def sheet(**words: Any) -> Sheet:
    return Sheet(**{"sender": "Halcyon Air", "dated": date(2026, 3, 9), **WORDS, **words})


def _streams(pdf: bytes) -> bytes:
    import base64
    import re

    found = b""
    for one in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            found += zlib.decompress(base64.a85decode(one.strip().removesuffix(b"~>"), adobe=False))
        except (ValueError, zlib.error):
            continue
    return found


@pytest.mark.alike
def test_same_words_are_the_same_file_and_markup_is_text() -> None:
    hostile = sheet(
        body="<b>Dear</b> <img src='http://x.example/a.png'/> <a href='javascript:1'>x</a> &amp;"
    )
    assert letter_pdf(hostile) == letter_pdf(hostile)
    for word in (b"javascript", b"http://x.example", b"/URI", b"/JavaScript"):
        assert word not in letter_pdf(hostile)
    assert b" Tf" in _streams(letter_pdf(sheet()))


@pytest.mark.alike
@pytest.mark.parametrize(
    "text", ["Łódź, Ærø, Tiếng Việt", "Ελληνικά", "Здравствуйте", "1 €, “so” …\u200b"]
)
def test_font_holds_what_most_of_europe_writes(text: str) -> None:
    assert letter_pdf(sheet(body=text)).startswith(b"%PDF-")


@pytest.mark.alike
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("你好", r"has no sign for “你” \(cjk unified ideograph"),
        ("שלום", "run from right to left"),
        ("مرحبا", "run from right to left"),
        ("नमस्ते", "are joined or run"),
    ],
)
def test_script_that_the_font_cannot_set_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        letter_pdf(sheet(recipient=text))


@pytest.mark.alike
def test_font_that_is_none_is_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "font.ttf"
    file.write_bytes(b"no font")
    for path in (file, tmp_path / "absent.ttf"):
        with pytest.raises(BadInput, match="AMENDS_LETTER_FONT names"):
            letter_pdf(sheet(), str(path))


def budget(amount: int, beyond: Beyond = Beyond.APPROVE, currency: str = "EUR") -> Budget:
    return save_budget(
        factories.brand(), currency=currency, amount=Decimal(amount), beyond=beyond, by=ada()
    )


def give(row: Case, amount: str, currency: str = "EUR", **facts: Any) -> Remedy:
    told: dict[str, Any] = {"kind": RemedyKind.CREDIT, "by": mina(), "now": NOON} | facts
    return offer_remedy(row, amount=Decimal(amount), currency=currency, **told)


def test_what_goes_beyond_the_months_budget_waits_for_somebody_else() -> None:
    """R41: by month, brand and currency; what is open counts."""
    row = case()
    budget(60)
    first, second, other = give(row, "40"), give(row, "30"), give(row, "30", "USD")
    assert [(r.status, r.over_budget) for r in (first, second, other)] == [
        ("approved", False), ("waiting", True), ("approved", False),
    ]  # fmt: skip
    told = row.history.filter(kind="remedy.offered").order_by("seq").values_list("data", flat=True)
    assert [one.get("budget") for one in told] == [None, "over", None]
    assert approve_remedy(second, by=priya(), now=NOON).status == "approved"
    assert spending_of(Budget.objects.get(), now=NOON) == Spending(
        Decimal(60), Decimal(0), Decimal(70)
    )


@pytest.mark.alike
def test_budget_may_only_warn() -> None:
    budget(10, Beyond.WARN)
    given = give(case(), "40")
    assert (given.status, given.over_budget) == ("approved", True)


@pytest.mark.alike
def test_month_begins_anew() -> None:
    row = case()
    kept = budget(100)
    deliver_remedy(give(row, "40"), by=mina(), now=NOON)
    next_month = month_of(NOON) + timedelta(days=31)
    spent = [spending_of(kept, now=at).spent for at in (NOON, next_month)]
    assert spent == [Decimal(40), Decimal(0)]


@pytest.mark.alike
def test_spending_says_when_a_budget_is_nearly_spent_or_over() -> None:
    said = []
    for used in (70, 80, 100, 101):
        one = Spending(Decimal(100), Decimal(used), Decimal(0))
        said.append((one.near, one.over, one.beyond(Decimal(1)), one.beyond(Decimal("0.5"))))
    assert said == [
        (False, False, False, False), (True, False, False, False),
        (True, False, True, True), (True, True, True, True),
    ]  # fmt: skip


@pytest.mark.alike
@pytest.mark.parametrize(("amount", "currency"), [("NaN", "EUR"), ("-1", "EUR"), ("1", "euro"), ("1", "€€€"), ("1e9", "EUR")])  # fmt: skip
def test_what_is_no_budget_is_refused(amount: str, currency: str) -> None:
    with pytest.raises(BadInput):
        save_budget(
            factories.brand(),
            currency=currency,
            amount=Decimal(amount),
            beyond=Beyond.WARN,
            by=ada(),
        )
    with pytest.raises(NotAllowed):
        save_budget(
            factories.brand(), currency="EUR", amount=Decimal(1), beyond=Beyond.WARN, by=mina()
        )


def test_budget_that_is_removed_holds_no_longer() -> None:
    remove_budget(budget(1), by=ada())
    assert give(case(), "40").status == "approved"


def test_what_is_owed_is_listed_by_its_day_for_those_who_may_see_it() -> None:
    """R42: open gestures listed."""
    row, hidden = case(), case(handle="omar", private=True, to_us=True)
    late = offer_remedy(
        row, kind=RemedyKind.DELIVERY, what="Flowers", amount=Decimal(20), currency="EUR",
        due_on=date(2026, 3, 1), by=mina(), now=NOON,
    )  # fmt: skip
    whenever, letter = (
        give(row, "5"),
        begin_letter(row, due_on=date(2026, 3, 5), by=mina(), now=NOON),
    )
    deliver_remedy(give(row, "6"), by=mina(), now=NOON)
    theirs = give(hidden, "7")
    assert list(owed_for(mina())) == [late, letter.remedy, whenever, theirs]
    assert list(owed_for(sol())) == [late, letter.remedy, whenever]
