"""The one way into the outbox: what goes out was checked by the guard, and waits where it must."""

from datetime import datetime

from amends.casework import ReplyStatus
from amends.casework.delivery import HELD_BACK
from amends.desk.actions.guarding import Checked
from amends.desk.models import Case, ChannelRow, OutgoingReply, PostRow, Responder, RuleVersion
from amends.desk.queries.stops import is_stopped
from amends.desk.queries.surveys import SURVEYS
from amends.guard import invites as reads_as_invitation
from amends.terms import BadInput


def put_in_outbox(
    row: Case,
    checked: Checked,
    *,
    channel: ChannelRow,
    target: PostRow,
    by: Responder,
    attempt: str,
    now: datetime,
    private: bool,
    closes_out: bool = False,
    approval: bool,
    anyway: str = "",
    goes_at: datetime | None = None,
    rule: RuleVersion | None = None,
    invites: bool = False,
) -> OutgoingReply:
    """Write a reply down, to be sent by a worker; the case is held by whoever calls. Raises ``BadInput``
    where it would ask in public how we did.

    ``invites``: it asks the customer to speak again in public, and so does what reads so.
    ``approval`` says that somebody else decides first; where the account is stopped it waits too.
    """
    if not private and SURVEYS in checked.text:
        raise BadInput("How we did is asked in private alone. Take the link out.")
    status = _first_status(channel, approval=approval, later=goes_at is not None)
    return OutgoingReply.objects.create(
        case=row,
        channel=channel,
        by=by,
        rule=rule,
        text=checked.text,
        to_post=target,
        private=private,
        closes_out=closes_out,
        invites=invites or reads_as_invitation(checked.text),
        attempt=attempt,
        queued_at=now,
        due_at=goes_at or now,
        goes_at=goes_at,
        **status,
        verdict=checked.verdict,
        findings=[[one.code, one.level, *one.span] for one in checked.findings],
        anyway=anyway,
    )


def _first_status(channel: ChannelRow, *, approval: bool, later: bool) -> dict[str, str]:
    """How a new reply stands, and why."""
    if approval:
        return {"status": ReplyStatus.HELD}
    if not later and is_stopped(channel.pk):
        return {"status": ReplyStatus.PAUSED, "reason": HELD_BACK}
    return {"status": ReplyStatus.READY}
