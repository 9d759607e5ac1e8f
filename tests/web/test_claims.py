"""The pages of claims: what they show, what they let whom do, and what they keep."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from amends.casework import Action, Role, may
from amends.casework.claims import ClaimState
from amends.casework.evidence import Source
from amends.desk.actions.claims import decide_claim, look_for_copies, note_claim, restrict_case
from amends.desk.actions.evidence import keep_file
from amends.desk.actions.hearing import note_deletions
from amends.desk.models import Case, Claim, Evidence, LegalHold, Responder
from amends.web.views.claims import DEEDS
from tests import people
from tests.factories import NOON, case, heard
from tests.web.pages import HOSTILE, unsafe_parts
from tests.web.support import HTMX, Asking, Page, case_page, signed_in, undone

pytestmark = [pytest.mark.database, pytest.mark.alike]

SAID = "Halcyon sells passport data to advertisers"


def claimed(words: str = SAID, handle: str = "rosa") -> Claim:
    row = case(words, handle=handle)
    return note_claim(row, words=words, post=row.first_post, by=people.mina(), now=NOON)


def page(claim: Claim, who: str = "mina") -> Page:
    client = signed_in(getattr(people, who)())
    return Page(client.get(reverse("claim", args=[claim.pk])).content.decode())


def post(claim: Claim, verb: str, who: str = "mina", **data: Any) -> Any:
    client = signed_in(getattr(people, who)())
    return client.post(reverse(f"claim-{verb}", args=[claim.pk]), data)


def test_claim_is_noted_on_its_case_and_leads_to_a_page_of_its_own() -> None:
    """R46."""
    row = case(SAID)
    client = signed_in(people.mina())
    sent = {"claim_words": SAID, "claim_post": str(row.first_post_id)}
    assert client.post(f"/cases/{row.ref}/claim/", sent).status_code == 302
    claim = Claim.objects.get()
    assert f'href="/claims/{claim.pk}/"' in case_page(row)
    shown = page(claim)
    assert SAID in shown.words
    assert [len(shown.hooks(name)) for name in ("evidence", "proof", "life")] == [2, 2, 2]
    assert "being asked for" in shown.words


def test_abusive_words_are_not_shown_in_a_choice_of_posts() -> None:
    """Whoever chooses the post that a claim stands in reads no abuse for it."""
    row = case("You are vermin, all of you, at Halcyon")
    row.first_post.place.abusive_at = NOON
    row.first_post.place.save()
    choices = case_page(row).split('id="claim-post"')[1].split("</select>")[0]
    assert ("abusive words" in choices, "vermin" in choices) == (True, False)


def test_words_that_were_refused_stay_in_the_form() -> None:
    row = case(SAID)
    sent = {"claim_words": "Not what was said", "claim_post": str(row.first_post_id)}
    answer = signed_in(people.mina()).post(f"/cases/{row.ref}/claim/", sent)
    said = answer.content.decode()
    assert (answer.status_code, ">Not what was said</textarea>" in said) == (400, True)


def test_life_of_a_claim_from_evidence_to_request() -> None:
    """R46: by the forms of its page alone."""
    claim = claimed()
    Evidence.objects.filter(claim=claim).delete()
    refused = post(claim, "decide", to="shown false", because="It is not so.")
    assert (refused.status_code, "Keep evidence first" in refused.content.decode()) == (400, True)
    assert ">It is not so.</textarea>" in refused.content.decode()
    file = SimpleUploadedFile("audit.pdf", b"%PDF-1")
    assert post(claim, "file", file=file).status_code == 302
    truth = "Our records hold no such transfer."
    assert post(claim, "decide", to="shown false", because=truth).status_code == 302
    draft = page(claim).words
    assert f"What I found: {truth}" in draft
    asked = post(claim, "ask", text=f"You wrote of passport data. {truth} ^MK", mode="public",
                 anyway="It is right.")  # fmt: skip
    assert asked.status_code == 302
    claim.refresh_from_db()
    assert (claim.state, claim.request.status if claim.request else "") == ("shown false", "ready")
    assert "A request is on its way" in page(claim).words


def test_evidence_is_downloaded_as_it_was_kept_and_never_shown_as_a_page() -> None:
    """R46."""
    raw = b"<script>alert(1)</script>\x00\xff"
    kept = keep_file(claimed(), name="x.html", data=raw, by=people.mina(), now=NOON)
    url = reverse("claim-evidence", args=[kept.claim_id, kept.pk])
    answer = signed_in(people.vic()).get(url)
    assert answer.content == raw
    names = ("Content-Type", "Content-Disposition", "X-Content-Type-Options", "Digest")
    assert [answer[name] for name in names] == [
        "application/octet-stream", 'attachment; filename="x.html"', "nosniff",
        f"sha-256={kept.sha256}",
    ]  # fmt: skip
    Evidence.objects.update(erased_at=NOON, data=b"")
    assert signed_in(people.vic()).get(url).status_code == 404


def test_copies_stand_on_the_page_until_they_are_gone_or_dismissed() -> None:
    """R46."""
    claim = claimed()
    for who in ("zoe", "omid"):
        heard(f"Friends: {SAID}!", handle=who)
    look_for_copies(now=NOON + timedelta(hours=1))
    assert len(page(claim).hooks("copy")) == 2
    copy = claim.copies.order_by("pk")[0]
    assert post(claim, "dismiss-copy", pk=copy.pk).status_code == 302
    copies = [one.post for one in claim.copies.order_by("pk")]
    copies[1].deleted_at = NOON
    copies[1].save(update_fields=["deleted_at"])
    shown = page(claim)
    assert (len(shown.hooks("copy")), "1 is gone" in shown.words) == (0, True)
    assert "1 did not repeat it" in shown.words


def test_claims_are_listed_with_the_copies_that_stand() -> None:
    claim = claimed()
    settled = claimed("Halcyon hides its fees from all of us", "omid")
    decide_claim(settled, to=ClaimState.DROPPED, because="x", by=people.mina(), now=NOON)
    client = signed_in(people.vic())
    rows = [
        len(Page(client.get(f"/claims/?state={state}").content.decode()).hooks("claim-row"))
        for state in ("", "all", "dropped", "shown%20false", "nonsense")
    ]
    assert (rows, claim.state) == ([1, 2, 1, 0, 1], "noted")


def test_hostile_words_do_no_harm_on_any_page() -> None:
    claim = claimed(f"Halcyon {HOSTILE} sells my data")
    heard(f"Look: Halcyon {HOSTILE} sells my data", handle="zoe")
    look_for_copies(now=NOON)
    client = signed_in(people.ada())
    pages = [client.get(url) for url in ("/claims/", f"/claims/{claim.pk}/")]
    assert [unsafe_parts(one) for one in pages] == [[], []]


def test_legal_matter_and_its_hold_are_set_on_the_case() -> None:
    """R46: by those who deal with such; nobody else sees them."""
    row = claimed().case
    lead = signed_in(people.priya())
    day = timezone.now().date() + timedelta(days=30)
    sent = {"hold_reason": "A court asks for it.", "until": day.isoformat()}
    assert lead.post(f"/cases/{row.ref}/hold/", sent).status_code == 302
    assert "A court asks for it." in case_page(row, "priya")
    assert lead.post(f"/cases/{row.ref}/legal/", {"legal": "1"}).status_code == 302
    assert signed_in(people.mina()).get(f"/cases/{row.ref}/").status_code == 404
    hold = LegalHold.objects.get()
    listed = Page(lead.get("/claims/holds/").content.decode())
    assert len(listed.hooks("standing-hold")) == 1
    assert lead.post(f"/cases/{row.ref}/hold-lift/", {"pk": hold.pk}).status_code == 302
    hold.refresh_from_db()
    assert hold.lifted_by == people.priya()
    assert "No hold stands" in lead.get("/claims/holds/").content.decode()


def test_hold_without_a_day_to_come_is_refused_and_keeps_its_reason() -> None:
    row, client = case(SAID), signed_in(people.priya())
    for until in ("", "tomorrow", "2020-01-01", "9999-12-31"):
        sent = {"hold_reason": "A court asks.", "until": until}
        answer = client.post(f"/cases/{row.ref}/hold/", sent, headers=HTMX)
        kept = 'value="A court asks."' in answer.content.decode()
        assert (answer.status_code, kept, LegalHold.objects.count()) == (400, True, 0), until


SENT: dict[str, Callable[[Claim], dict[str, str]]] = {
    "decide": lambda _: {"to": "dropped", "because": "An opinion."},
    "ask": lambda _: {"text": "x"},
    "keep": lambda claim: {"post": str(claim.case.first_post_id)},
    "file": lambda _: {},
    "ask-again": lambda claim: {"pk": str(claim.evidence.get(source=Source.NETWORK).pk)},
    "dismiss-copy": lambda _: {"pk": "0"},
}


@pytest.mark.usefixtures("_undrawn", "_known")
def test_acting_on_a_claim_needs_the_role_and_the_right_to_see() -> None:
    """R46, R50: open, legal and private ones."""
    claims = {"open": claimed(), "legal": claimed(f"{SAID} too", "legal")}
    restrict_case(claims["legal"].case, legal=True, by=people.ada(), now=NOON)
    claims["private"] = claimed(f"{SAID} again", "priv")
    Case.objects.filter(pk=claims["private"].case_id).update(private=True)
    wrong = {}
    for who in (people.mina(), people.noor(), people.sol()):
        with undone():
            wrong[who.name] = _wrongly_open(claims, who)
    assert wrong == {name: [] for name in wrong}


def _wrongly_open(claims: dict[str, Claim], who: Responder) -> list[tuple[str, str, int]]:
    role, client, wrong = Role(who.role), Asking(WHO=who), []
    sees = {
        "open": True,
        "legal": may(role, Action.LEGAL),
        "private": may(role, Action.SEE_PRIVATE),
    }
    for which, claim in claims.items():
        for verb, (_, needs) in DEEDS.items():
            url = reverse(f"claim-{verb}", args=[claim.pk])
            status = client.post(url, SENT[verb](claim)).status_code
            allowed = (
                {404}
                if not sees[which]
                else {403}
                if not may(role, needs)
                else {302, 400, 403, 404}
            )
            if status not in allowed:
                wrong.append((which, verb, status))
        status = client.get(reverse("claim", args=[claim.pk])).status_code
        if status != (200 if sees[which] else 404):
            wrong.append((which, "show", status))
    return wrong


def test_friends_and_outcomes_are_shown_to_leads_and_hostile_words_do_no_harm() -> None:
    """R45."""
    row = case("Halcyon lost my bag", handle="rosa", native_id="root")
    heard("Thanks, we are on it", handle="us", ours=True, conversation="root", in_reply_to="root")
    words = f"It came, thank you {HOSTILE}"
    heard(words, handle="rosa", conversation="root", complaint=0.1, praise=0.9)
    answer = signed_in(people.priya()).get("/friends/")
    shown = Page(answer.content.decode())
    assert (len(shown.hooks("friend")), row.ref in shown.words, unsafe_parts(answer)) == (
        1, True, [],
    )  # fmt: skip
    assert len(shown.hooks("outcomes")) == 8


def test_what_a_friend_deleted_is_not_quoted_as_what_they_said() -> None:
    case("Halcyon lost my bag", handle="rosa", native_id="root")
    heard("Thanks, we are on it", handle="us", ours=True, conversation="root", in_reply_to="root")
    words = "It came, thank you so much"
    said = heard(words, handle="rosa", conversation="root", complaint=0.1, praise=0.9)
    note_deletions(said.network, [said.native_id], now=NOON)
    shown = Page(signed_in(people.priya()).get("/friends/").content.decode())
    assert (len(shown.hooks("friend")), words in shown.words) == (1, False)
    assert "They deleted what they had written." in shown.words


def test_outcome_is_corrected_on_the_case_and_the_invitation_is_offered_once_resolved() -> None:
    """R45."""
    row = case("Halcyon lost my bag")
    client = signed_in(people.mina())
    client.post(f"/cases/{row.ref}/resolve/")
    assert client.post(f"/cases/{row.ref}/outcome/", {"outcome": "negative"}).status_code == 302
    said = case_page(row)
    assert ("Insert invitation" in said, "The customer is still unhappy" in said) == (True, True)
    assert client.post(f"/cases/{row.ref}/outcome/", {"outcome": "glad"}).status_code == 400
    Case.objects.filter(pk=row.pk).update(invited_at=NOON)
    said = case_page(row)
    assert ("once is all" in said, "Insert invitation" in said) == (True, False)
