"""Replies that a rule sends: a snippet's text alone, granted, capped, guarded, signed as what it is."""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from amends.casework import ReplyStatus
from amends.casework.snippets import choose_language, fill
from amends.desk.actions.chronicle import make_event
from amends.desk.actions.guarding import check_text
from amends.desk.actions.outbox import put_in_outbox
from amends.desk.actions.replies import check_state, way_of
from amends.desk.models import Case, CaseEvent, OutgoingReply, RuleGrant, RuleRow, RuleVersion
from amends.desk.queries.ruling import grant_of
from amends.desk.queries.snippets import get_snippet, values_of
from amends.desk.queries.speaking import check_may_speak
from amends.terms import NotAllowed

SIGNED: Final = {
    "de": "automatische Antwort",
    "en": "automatic reply",
    "es": "respuesta automática",
    "fr": "réponse automatique",
    "it": "risposta automatica",
    "nl": "automatisch antwoord",
    "pt": "resposta automática",
}
"""Nobody wrote it, and it says so."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def queue_by_rule(
    row: Case, version: RuleVersion, *, snippet: str, private: bool, key: str, now: datetime
) -> CaseEvent:
    """Hand a rule's reply to the outbox, or to approval where the guard does not let it pass; its
    event, for whoever holds the case.

    Whoever granted it stands for it. It takes nobody's case up and stops no clock: a person still
    has to answer. Raises an ``AmendsError`` that says why nothing is sent.
    """
    grant = _granted(version, private=private, now=now)
    _check_first_today(row, now=now)
    check_may_speak(grant.by, now=now)
    part = get_snippet(int(snippet))
    if part.changed_at > grant.at:
        raise NotAllowed(f"The snippet {part.key} changed since the rule was let write with it.")
    check_state(row, private=private, closes_out=False)
    if row.legal:
        raise NotAllowed("This case is restricted for legal reasons, so people answer it.")
    language = _language(row)
    chosen = choose_language(part.texts, wanted=language)
    text = signed(fill(part.texts[chosen], values_of(row, None)).text, chosen)
    channel, target = way_of(row, text, private=private, closes_out=False)
    # A form: its words are meant to be alike, and were granted so; no near copy is looked for.
    checked = check_text(
        row, text, channel=channel, target=target, private=private, closes_out=False, by=grant.by,
        form=True,
    )  # fmt: skip
    reply = put_in_outbox(
        row,
        checked,
        channel=channel,
        target=target,
        by=grant.by,
        rule=version,
        private=private,
        attempt=_attempt(version, row, key),
        now=now,
        approval=checked.verdict != "pass",
    )
    kind = "reply.held" if reply.status == ReplyStatus.HELD else "reply.queued"
    return make_event(
        row, kind, at=now, reply=reply.pk, private=private, guard=checked.verdict,
        rule=version.rule_id, version=version.number,
    )  # fmt: skip


def signed(text: str, language: str) -> str:
    return f"{text} ({SIGNED.get(language, SIGNED['en'])})"


def _language(row: Case) -> str:
    lang: str = row.first_post.lang
    return lang


def _attempt(version: RuleVersion, row: Case, key: str) -> str:
    """The same for the same happening, so that a second try could never be a second reply."""
    told = f"rule {version.rule_id} case {row.pk} happening {key}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _check_first_today(row: Case, *, now: datetime) -> None:
    """Raise ``NotAllowed`` where a rule wrote in this case within a day: one tells that we read it,
    a second one that nobody does."""
    written = row.replies.exclude(rule=None).exclude(
        status__in=[ReplyStatus.CANCELLED, ReplyStatus.FAILED]
    )
    if written.filter(queued_at__gt=now - DAY).exists():
        raise NotAllowed("A rule wrote in this case within a day, so now people answer it.")


def _granted(version: RuleVersion, *, private: bool, now: datetime) -> RuleGrant:
    """The grant, where it holds and its caps are not reached. The rule's row is held, so that two
    workers count one after the other."""
    rule = RuleRow.objects.get(pk=version.rule_id)
    grant = grant_of(rule)
    if grant is None or not rule.enabled or grant.number != version.number:
        raise NotAllowed("No administrator lets this version of the rule write to customers.")
    if not private and not grant.public:
        raise NotAllowed("No administrator lets this rule write in public.")
    sent = OutgoingReply.objects.filter(rule__rule=rule)
    for span, most, unit in ((HOUR, grant.per_hour, "hour"), (DAY, grant.per_day, "day")):
        if sent.filter(queued_at__gt=now - span).count() >= most:
            raise NotAllowed(f"The rule has written {most} times this {unit}, which is its cap.")
    return grant
