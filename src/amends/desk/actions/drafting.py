"""Drafts and translations (R31, R33): asked of a model, checked by the guard, sent by nobody but a
person."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import QuerySet

from amends.casework import Action, Role, check_may
from amends.connectors.registry import traits_of
from amends.desk.actions.guarding import Checked, check_text
from amends.desk.actions.replies import channel_for, target_for
from amends.desk.actions.secrets import seal, unseal
from amends.desk.drafts import Endpoint, drafting, drafts_in, translating, translation_in
from amends.desk.drafts.prompts import Messages
from amends.desk.models import AuthorRow, Case, DraftEndpoint, PostRow, Responder
from amends.desk.queries.guarding import contacts_of
from amends.desk.queries.prepared import prepared
from amends.guard import RecentReplies, without_personal_data
from amends.terms import BadInput, NotAllowed, network_name

Ask = Callable[[Endpoint, Messages], str]
"""Asks an endpoint and waits for the answer; raises ``BadInput``."""

_SAID_BEFORE = 8
_ALIKE = 0.8


@dataclass(frozen=True, slots=True)
class Proposal:
    """Drafts as the guard sees them. ``redacted``: personal data was taken out before."""

    drafts: list[Checked]
    redacted: bool


def save_endpoint(
    *,
    enabled: bool,
    address: str,
    model: str,
    key: str,
    language: str,
    by: Responder,
    now: datetime,
) -> DraftEndpoint:
    """Say whom to ask for drafts. An empty ``key`` keeps the one before for the same address.

    Raises ``NotAllowed``, ``BadInput``.
    """
    check_may(Role(by.role), Action.SET_UP)
    address, model = address.strip().rstrip("/"), model.strip()
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        raise BadInput("The address is that of an API, such as http://127.0.0.1:8080/v1.")
    if parts.scheme == "http" and not Endpoint(address, model).local:
        raise BadInput(
            "Over the internet the address begins with https://, so that nobody reads along."
        )
    if not model:
        raise BadInput("Name the model, as the endpoint calls it.")
    with transaction.atomic():
        before = DraftEndpoint.objects.order_by("-pk").first()
        kept = before.sealed if before is not None and before.address == address else b""
        return DraftEndpoint.objects.create(
            enabled=enabled,
            address=address,
            model=model,
            sealed=seal({"key": key.strip()}) if key.strip() else bytes(kept),
            language=language,
            by=by,
            at=now,
        )


def endpoint_in_force() -> Endpoint | None:
    """Whom to ask; None where drafts are off."""
    row = DraftEndpoint.objects.order_by("-pk").first()
    if row is None or not row.enabled:
        return None
    return Endpoint(row.address, row.model, unseal(bytes(row.sealed)).get("key", ""))


def desk_language() -> str:
    """What posts are translated into, as two letters; "" where nothing is."""
    row = next(iter(_newest()), None)
    return row.language if row is not None and row.enabled else ""


@prepared
def _newest() -> QuerySet[DraftEndpoint]:
    return DraftEndpoint.objects.order_by("-pk")[:1]


def propose(
    case: Case, *, private: bool, closes_out: bool, by: Responder, ask: Ask, language: str = ""
) -> Proposal:
    """Three drafts that differ, as many of them as the model gave; nothing is kept or sent.

    Raises ``NotAllowed`` where drafts are off, ``BadInput`` where the model does not help.
    """
    check_may(Role(by.role), Action.REPLY)
    endpoint, channel = _endpoint(), channel_for(case, private=private)
    target = target_for(case, private=private, closes_out=closes_out)
    if channel is None or target is None:
        raise BadInput("There is nothing to answer, or no account to answer from.")
    traits = traits_of(channel.network)
    facts = _facts(case, target, private=private, outside=not endpoint.local)
    limit = (traits.message_limit if private else traits.limit) - len(by.signature) - 1
    messages = drafting(facts, limit=limit, unit=traits.unit, language=language)
    drafts = _different(drafts_in(ask(endpoint, messages)))
    checked = [
        check_text(
            case,
            text,
            channel=channel,
            target=target,
            private=private,
            closes_out=closes_out,
            by=by,
        )
        for text in drafts
    ]
    return Proposal(sorted(checked, key=_gravity), redacted=not endpoint.local)


def translate(text: str, *, language: str, case: Case, by: Responder, ask: Ask) -> str:
    """A text in another language. Raises ``NotAllowed``, ``BadInput``."""
    check_may(Role(by.role), Action.SEE_CASES)
    endpoint = _endpoint()
    text = text.strip()[:20_000]
    if not text:
        raise BadInput("There is nothing to translate.")
    if not endpoint.local:
        (text,) = _redacted(case, [text])
    return translation_in(ask(endpoint, translating(text, language=language)))


def _endpoint() -> Endpoint:
    endpoint = endpoint_in_force()
    if endpoint is None:
        raise NotAllowed("Drafts are off. An administrator can switch them on under Set-up.")
    return endpoint


def _different(drafts: Sequence[str]) -> list[str]:
    """Those that are no near copies of one before."""
    kept: list[str] = []
    for draft in drafts:
        nearest = RecentReplies(kept, capacity=len(drafts)).nearest(draft)
        if nearest is None or nearest.similarity < _ALIKE:
            kept.append(draft)
    return kept


def _gravity(checked: Checked) -> int:
    return ("pass", "ask", "stop").index(checked.verdict)


def _facts(case: Case, target: PostRow, *, private: bool, outside: bool) -> dict[str, object]:
    """What the model is told. Private messages go into no public draft."""
    posts = PostRow.objects.filter(place__case=case, deleted_at=None, erased_at=None)
    if not private:
        posts = posts.filter(private=False)
    before = list(posts.exclude(pk=target.pk).order_by("-created_at", "-pk")[:_SAID_BEFORE])
    texts = [target.text, *(post.text for post in reversed(before))]
    if outside:
        texts = _redacted(case, texts)
    return {
        "company": case.brand.name,
        "fault": case.fault,
        "complaint": texts[0],
        "said_before": [
            {"by": "us" if post.ours else "them", "text": text}
            for post, text in zip(reversed(before), texts[1:], strict=True)
        ],
        "contact_route": "" if private else case.brand.contact_route,
        "where": "a private message" if private else f"in public on {network_name(case.network)}",
    }


def _redacted(case: Case, texts: Iterable[str]) -> list[str]:
    authors = AuthorRow.objects.filter(posts__place__case=case, posts__ours=False)
    names = {part for a in authors for part in (a.handle, a.name, *a.name.split())}
    own = contacts_of(case.brand)
    return [without_personal_data(text, names=names, own=own) for text in texts]
