"""How this desk reads, changed by an administrator: which head is in force, and what else."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from amends.casework import Action, Role, check_may, permitted
from amends.desk.actions.learning import heads_folder
from amends.desk.models import ChannelRow, LearntHead, ReadingRules, Responder
from amends.desk.queries.reading_rules import rules_in_force
from amends.terms import BadInput, NotAllowed
from amends.understanding.head import FILE, load_head

LONGEST = 200


def put_in_force(
    head: LearntHead | None, *, reader: str, reason: str = "", by: Responder, now: datetime
) -> ReadingRules:
    """From now on posts are read under this head, or by the reader alone; what is listened to begins
    anew with it. ``reader`` names the one that runs.

    Raises ``BadInput`` for a head of another reader, one whose file is gone or damaged, and without a
    reason for one that reads the desk's corrections worse.
    """
    check_may(Role(by.role), Action.SET_UP)
    if head is not None:
        if head.reader != reader:
            raise BadInput(
                f"{head.folder} was learnt over {head.reader}, and {reader} reads here now. Run"
                " amends learn again."
            )
        if load_head(heads_folder() / head.folder / FILE).name != head.folder:
            raise BadInput(f"The file of {head.folder} holds another head. Run amends learn again.")
        if head.figures.get("worse") and not reason.strip():
            raise BadInput(
                f"{head.folder} reads your corrections worse than without it. Write why it is put in"
                " force all the same, or leave it."
            )
    before = rules_in_force()
    return _saved(
        head=head, hand_up_to=before.hand_up_to, vulnerable=before.vulnerable, reason=reason, by=by,
        now=now,
    )  # fmt: skip


def save_reading_rules(
    *, hand_up_to: Responder | None, vulnerable: bool, by: Responder, now: datetime
) -> ReadingRules:
    """Who is handed a call to boycott or a threat of a wave (R16), and whether it is read that somebody
    may need special care. Raises ``NotAllowed`` for somebody who cannot work on cases."""
    check_may(Role(by.role), Action.SET_UP)
    if hand_up_to is not None and not (
        hand_up_to.is_active and Action.WORK in permitted(Role(hand_up_to.role))
    ):
        raise NotAllowed(
            f"{hand_up_to.name} cannot be handed cases. Choose somebody who works on them."
        )
    before = rules_in_force()
    return _saved(
        head=before.head, hand_up_to=hand_up_to, vulnerable=vulnerable, reason="", by=by, now=now
    )


def _saved(
    *, head: LearntHead | None, hand_up_to: Responder | None, vulnerable: bool, reason: str,
    by: Responder, now: datetime,
) -> ReadingRules:  # fmt: skip
    if len(reason) > LONGEST:
        raise BadInput(f"A reason has {LONGEST} characters at most.")
    with transaction.atomic():
        made = ReadingRules.objects.create(
            head=head, hand_up_to=hand_up_to, vulnerable=vulnerable, by=by, at=now,
            reason=reason.strip(),
        )  # fmt: skip
        # Listeners hold what they began with; a new version makes them begin anew.
        ChannelRow.objects.update(version=F("version") + 1)
    return made
