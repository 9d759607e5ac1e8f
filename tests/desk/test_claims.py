"""False claims: the claim's life on its case, what is kept, who repeats it, and who may see it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from amends.casework.claims import OPEN, ClaimState
from amends.casework.evidence import LARGEST, Proof, Source, fingerprint
from amends.desk.actions import (
    assign_case,
    cancel_reply,
    close_case,
    erase_customer,
    proof,
    queue_reply,
    resolve_case,
)
from amends.desk.actions.claims import (
    ask_for_correction,
    decide_claim,
    dismiss_copy,
    look_for_copies,
    note_claim,
    restrict_case,
)
from amends.desk.actions.delivery import claim_reply, settle_sent
from amends.desk.actions.evidence import (
    keep_file,
    keep_post,
    proofs,
    settle_kept,
    settle_missed,
)
from amends.desk.actions.hearing import note_deletions
from amends.desk.actions.routing import hand_over_case
from amends.desk.models import Case, Claim, Evidence, PostRow
from amends.desk.queries.doors import may_see
from amends.terms import Author, BadInput, NotAllowed, Published, decode_post
from tests.factories import NOON, case, heard
from tests.people import ada, mina, noor, omar, priya
from tests.support.trying import Tried

pytestmark = pytest.mark.database

HOUR = timedelta(hours=1)
SAID = "Halcyon sells passport data to advertisers"
TRUTH = "No such transfer is in our records, and the auditors confirm it."


def complaint() -> Case:
    return case(f"{SAID}, everybody knows. Lost my bag too.", handle="rosa")


def claimed(row: Case, **facts: Any) -> Claim:
    asked = {"words": SAID, "post": row.first_post, "by": mina(), "now": NOON, **facts}
    return note_claim(row, **asked)


def shown_false(row: Case) -> Claim:
    return decide_claim(
        claimed(row), to=ClaimState.FALSE, because=TRUTH, by=mina(), now=NOON + HOUR
    )


def kinds(row: Case) -> list[str]:
    return list(row.history.order_by("seq").values_list("kind", flat=True))[1:]


def fresh(row: Case) -> Case:
    return Case.objects.get(pk=row.pk)


def ask(claim: Claim, text: str = "", **facts: Any) -> Any:
    words = text or "I looked into the passport data, Rosa: our records hold no such transfer. ^MK"
    asked = {"private": False, "by": mina(), "now": NOON + HOUR, "attempt": "a1", **facts}
    return ask_for_correction(claim, text=words, anyway="It is right.", **asked)


def sent(at: datetime = NOON + HOUR) -> None:
    reply = claim_reply(now=at, holder="w")
    assert reply is not None
    settle_sent(reply, Published(id="o1", url=None, at=at), us=Author(id="us"), now=at)


def test_claim_is_noted_in_its_exact_words_and_its_post_is_kept() -> None:
    """R46: the post as the desk had it at once, and the network is to be asked for it."""
    row = complaint()
    made = claimed(row)
    assert (made.words, made.post, made.state, made.by) == (SAID, row.first_post, "noted", mina())
    stored, awaited = made.evidence.order_by("pk")
    assert decode_post(bytes(stored.data)).text == row.first_post.text
    assert (stored.source, stored.sha256) == (Source.DESK, fingerprint(bytes(stored.data)))
    assert (awaited.source, awaited.kept_at, awaited.ask_at) == (Source.NETWORK, None, NOON)
    told = row.history.get(kind="evidence.kept").data
    assert (told["evidence"], told["sha256"]) == (stored.pk, stored.sha256)
    assert kinds(row) == ["claim.noted", "evidence.kept"]


@pytest.mark.alike
def test_words_that_the_post_does_not_hold_are_not_its_claim() -> None:
    row = complaint()
    with pytest.raises(BadInput, match="do not stand in that post"):
        claimed(row, words="Halcyon sells passports")
    with pytest.raises(BadInput, match="a post of this case"):
        claimed(row, post=heard(SAID, handle="omid"))
    assert claimed(row, words="What she said on the phone", post=None).evidence.count() == 0


def test_network_answer_is_kept_byte_for_byte_with_time_and_hash() -> None:
    """R46."""
    row = complaint()
    awaited = claimed(row).evidence.get(source=Source.NETWORK)
    raw = b'{"text": "as it  came\\n"}\r\n'
    settle_kept(awaited, data=raw, origin="https://net.example/posts/1", now=NOON + HOUR)
    kept = Evidence.objects.get(pk=awaited.pk)
    assert (bytes(kept.data), kept.sha256, kept.kept_at) == (raw, fingerprint(raw), NOON + HOUR)
    settle_kept(kept, data=b"something else", origin="", now=NOON + 2 * HOUR)
    assert bytes(Evidence.objects.get(pk=awaited.pk).data) == raw
    assert [found for _, found in proofs(Evidence.objects.order_by("pk"))] == [Proof.WHOLE] * 2


@pytest.mark.alike
def test_network_that_cannot_be_had_is_asked_for_a_day() -> None:
    awaited = claimed(complaint()).evidence.get(source=Source.NETWORK)
    settle_missed(awaited, reason="Busy.", now=NOON, again=NOON + HOUR)
    awaited.refresh_from_db()
    assert (awaited.ask_at, awaited.reason) == (NOON + HOUR, "Busy.")
    settle_missed(awaited, reason="Busy.", now=NOON + 24 * HOUR, again=NOON + 25 * HOUR)
    awaited.refresh_from_db()
    assert (awaited.ask_at, kinds(awaited.claim.case)[-1]) == (None, "evidence.missed")


TAMPERED: list[tuple[dict[str, Any], Proof]] = [
    ({}, Proof.WHOLE),
    ({"data": b"other"}, Proof.CHANGED),
    ({"data": b"other", "sha256": fingerprint(b"other")}, Proof.CHANGED),
    ({"data": b"", "erased_at": NOON}, Proof.CHANGED),
    ({"kept_at": None}, Proof.WHOLE),
]


def test_changed_evidence_is_found_by_the_chain() -> None:
    """R46: whoever changes the bytes and the hash on their row is found by the history."""
    made = keep_file(claimed(complaint()), name="a.png", data=b"png", by=mina(), now=NOON)
    tried = Tried()
    for tamper, found in TAMPERED:
        with tried(tamper):
            if tamper:
                Evidence.objects.filter(pk=made.pk).update(**tamper)
            rows = Evidence.objects.select_related("claim").filter(pk=made.pk)
            assert [verdict for _, verdict in proofs(rows)] == [found]
    assert not tried.wrong


@pytest.mark.alike
def test_file_is_kept_under_a_harmless_name_and_not_beyond_a_size() -> None:
    made = claimed(complaint())
    kept = keep_file(made, name='..\\..\\re"port\n.pdf', data=b"%PDF", by=mina(), now=NOON)
    assert (kept.name, bytes(kept.data)) == ("re_port_.pdf", b"%PDF")
    for data in (b"", b"x" * (LARGEST + 1)):
        with pytest.raises(BadInput):
            keep_file(made, name="x", data=data, by=mina(), now=NOON)


@pytest.mark.alike
def test_nothing_is_shown_false_without_evidence() -> None:
    """R46."""
    bare = claimed(complaint(), words="By phone: you sell data", post=None)
    with pytest.raises(BadInput, match="Keep evidence first"):
        decide_claim(bare, to=ClaimState.FALSE, because=TRUTH, by=mina(), now=NOON)
    keep_file(bare, name="audit.pdf", data=b"%PDF", by=mina(), now=NOON)
    done = decide_claim(bare, to=ClaimState.FALSE, because=TRUTH, by=mina(), now=NOON)
    assert (done.state, done.truth, done.decided_by) == ("shown false", TRUTH, mina())


def test_claim_is_asked_to_be_corrected_once_the_request_went_out() -> None:
    """R46: and only by that."""
    row = complaint()
    made = shown_false(row)
    reply = ask(made)
    assert Claim.objects.get().state == "shown false"
    with pytest.raises(NotAllowed, match="on its way already"):
        ask(made, attempt="a2")
    sent()
    done = Claim.objects.get()
    assert (done.state, done.request, done.asked_at) == (ClaimState.ASKED, reply, NOON + HOUR)
    assert row.history.get(kind="claim.asked").actor == mina()
    with pytest.raises(NotAllowed, match="by a request that goes out"):
        decide_claim(made, to=ClaimState.ASKED, by=mina(), now=NOON)


def test_request_that_was_called_back_can_be_made_again() -> None:
    made = shown_false(complaint())
    cancel_reply(ask(made), by=mina(), now=NOON + HOUR)
    assert ask(made, attempt="a2").status == "ready"


@pytest.mark.alike
def test_nobody_but_whoever_claimed_it_is_asked() -> None:
    """R31."""
    row = complaint()
    other = heard(
        f"{SAID}, I heard too", handle="omid", conversation=row.conversation,
        in_reply_to=row.first_post.native_id, watches={},
    )  # fmt: skip
    made = claimed(row, post=other)
    decide_claim(made, to=ClaimState.FALSE, because=TRUTH, by=mina(), now=NOON)
    with pytest.raises(NotAllowed, match="Somebody else than the customer"):
        ask(made)


@pytest.mark.alike
def test_open_claim_keeps_its_case_open() -> None:
    """R44, R46."""
    row = complaint()
    made = claimed(row)
    resolve_case(row, by=mina(), now=NOON)
    with pytest.raises(NotAllowed, match="Still open: a claim that is not settled"):
        close_case(row, reason="By phone.", by=mina(), now=NOON)
    decide_claim(made, to=ClaimState.DROPPED, because="It is an opinion.", by=mina(), now=NOON)
    assert row.notes.get().text == "It is an opinion."
    assert close_case(row, reason="By phone.", by=mina(), now=NOON).state == "closed"


@pytest.mark.alike
def test_claim_whose_post_its_author_deletes_is_retracted() -> None:
    """R46."""
    row = complaint()
    made = shown_false(row)
    note_deletions("demo", [row.first_post.native_id], now=NOON + 2 * HOUR)
    made.refresh_from_db()
    assert (made.state, made.retraction, made.decided_by) == ("retracted", row.first_post, None)
    assert proof(fresh(row)).whole


def test_claim_is_retracted_by_a_post_that_takes_it_back() -> None:
    """R46; what somebody else takes back changes nothing."""
    row = complaint()
    made = shown_false(row)
    near = {"conversation": row.conversation, "complaint": 0.1, "retraction": True}
    heard("I take it back, I was wrong", handle="omid", **near)
    assert Claim.objects.get().state == "shown false"
    post = heard("I take it back, I was wrong about the data", handle="rosa", **near)
    made.refresh_from_db()
    assert (made.state, made.retraction) == ("retracted", post)


def test_copies_are_found_wherever_the_desk_heard_them() -> None:
    """R46: quotes, reposts and the same words, each once, as they come."""
    row = complaint()
    heard("Nothing to do with it, Halcyon", handle="omid")
    made = claimed(row)
    same = heard("Friends, HALCYON  sells passport data to advertisers!", handle="zoe")
    quote = heard("Look at that, Halcyon", handle="ines")
    PostRow.objects.filter(pk=quote.pk).update(quote_of={"id": row.first_post.native_id})
    assert [look_for_copies(now=NOON + HOUR) for _ in range(2)] == [0, 0]
    found = made.copies.order_by("pk").values_list("post", "how")
    assert list(found) == [(same.pk, "words"), (quote.pk, "quote")]
    assert kinds(row)[-2:] == ["copy.found"] * 2
    dismiss_copy(made.copies.get(how="quote"), by=omar(), now=NOON)
    assert (made.copies.get(how="quote").dismissed_by, fresh(row).events) == (omar(), 6)


def test_legal_matter_is_for_those_who_deal_with_such() -> None:
    """R46: who sees and who acts; whoever may not and had it loses it."""
    row = complaint()
    made = claimed(row)
    assign_case(row, to=mina(), by=mina(), now=NOON)
    with pytest.raises(NotAllowed, match="may not deal with legal matters"):
        restrict_case(row, legal=True, by=mina(), now=NOON)
    restrict_case(row, legal=True, by=priya(), now=NOON)
    seen = {one.name: may_see(one).filter(pk=row.pk).exists() for one in (ada(), mina(), noor())}
    assert seen == {"Ada Berg": True, "Mina Kaya": False, "Noor Aziz": False}
    assert fresh(row).owner == priya()
    for act in (
        lambda: queue_reply(
            row, text="x", private=False, by=mina(), now=NOON, attempt="x", anyway="y"
        ),
        lambda: decide_claim(made, to=ClaimState.TRUE, because="x", by=mina(), now=NOON),
        lambda: keep_post(made, row.first_post, by=mina(), now=NOON),
        lambda: assign_case(row, to=mina(), by=priya(), now=NOON),
    ):
        with pytest.raises(NotAllowed, match="may not deal with legal matters"):
            act()
    with pytest.raises(NotAllowed, match="This case is a legal matter"):
        hand_over_case(row, to=mina(), by=priya(), now=NOON)
    restrict_case(row, legal=False, by=ada(), now=NOON)
    assert may_see(mina()).filter(pk=row.pk).exists()
    assert kinds(row)[-3:] == ["case.restricted", "case.assigned", "case.released"]


def test_erasing_a_customer_erases_claims_and_evidence_and_the_proof_stays() -> None:
    row = complaint()
    made = claimed(row)
    keep_file(made, name="a.png", data=b"png", by=mina(), now=NOON)
    erase_customer(row.customer, by=ada(), now=NOON)
    assert Claim.objects.values_list("words", "truth").get() == ("", "")
    verdicts = [
        found for _, found in proofs(Evidence.objects.select_related("claim").order_by("pk"))
    ]
    assert (verdicts, proof(fresh(row)).whole) == (
        [Proof.ERASED, Proof.AWAITED, Proof.ERASED], True,
    )  # fmt: skip
    assert set(OPEN) > {ClaimState.NOTED}
