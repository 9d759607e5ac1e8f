"""What the composer shows: for each mode its target, its account, its limit and its draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils import timezone

from amends.casework import CaseState
from amends.casework.entry import no_public_place
from amends.casework.outcomes import INVITATION
from amends.casework.signing import sign
from amends.connectors.registry import traits_of
from amends.desk.actions import is_closed_out, target_for
from amends.desk.actions.guarding import check_text
from amends.desk.actions.replies import channel_on, check_inviting, private_network, target_on
from amends.desk.models import Attachment, Case, ChannelRow, PostRow, Responder
from amends.desk.queries import drafts_of
from amends.desk.queries.snippets import snippets_now
from amends.desk.queries.speaking import Standing, standing_for
from amends.desk.queries.there import ALL, Part, Parts
from amends.terms import BadInput, NotAllowed, network_name
from amends.web.guarding import Guarded, shown

MODES = ("public", "private", "note")
SHUT = frozenset({CaseState.CLOSED, CaseState.DISMISSED, CaseState.MERGED})


@dataclass(frozen=True, slots=True)
class Mode:
    """One way to write. ``off`` says why it cannot be used; ``limit`` 0 counts nothing."""

    name: str
    text: str
    chosen: bool
    limit: int = 0
    unit: str = ""
    target: PostRow | None = None
    off: str = ""
    guarded: Guarded | None = None
    pictures: Sequence[Attachment] = ()
    most_pictures: int = 0
    alt_limit: int = 0
    anyway: str = ""
    channel: ChannelRow | None = None


@dataclass(frozen=True, slots=True)
class Composer:
    modes: list[Mode]
    channel: ChannelRow | None
    seen_replies: int
    closes_out: bool  # offered: the case is resolved and awaits its public close-out
    close_out_target: PostRow | None
    sign: bool
    signature: str
    standing: Standing | None  # of whoever may reply: what keeps them from sending
    contact_route: str
    snippets: Sequence[tuple[int, str, str]] = ()  # for browsers without scripts
    invitation: str = ""  # offered: a first wording of the one invitation to speak again in public
    no_invitation: str = ""  # or why a resolved case has none to offer


def composer_for(
    case: Case,
    person: Responder,
    *,
    can: Mapping[str, bool],
    typed: Mapping[str, str] | None = None,
    there: Parts = ALL,
    replies: int | None = None,
) -> Composer:
    """``typed`` is what a refused send had; it goes before the draft. ``replies``: how many the case
    has, where that is known."""
    texts = drafts_of(case, person)
    if typed is not None:
        texts |= {mode: typed[f"text_{mode}"] for mode in MODES if f"text_{mode}" in typed}
    answers = [
        _reply_mode(case, place, texts.get(place.mode, ""), can=can)
        for place in _places(case, there)
    ]
    shown_pictures = _pictures(case, person) if Part.PICTURES in there else {}
    note = Mode(
        "note",
        texts.get("note", ""),
        False,
        off="" if can["note"] else "Your role may not write notes.",
    )
    answers = [replace(mode, pictures=shown_pictures.get(mode.name, ())) for mode in answers]
    awaits = case.state == CaseState.RESOLVED and not is_closed_out(case)
    awaits = awaits and not no_public_place(case.network)
    own = typed is not None and "mode" in typed  # else another form of the page was refused
    told = typed if typed and own else {"sign": "1", "closes_out": "1" if awaits else ""}
    modes = [*(_with_guard(case, mode, person, told) for mode in answers), note]
    chosen = _chosen(case, modes, typed.get("mode", "") if typed is not None else "")
    return Composer(
        modes=[replace(mode, chosen=mode.name == chosen) for mode in modes],
        channel=answers[0].channel,
        seen_replies=case.replies.count() if replies is None else replies,
        closes_out=awaits,
        close_out_target=target_for(case, private=False, closes_out=True) if awaits else None,
        sign=not own or bool(told.get("sign")),
        signature=person.signature,
        standing=standing_for(person, now=timezone.now(), there=there) if can["reply"] else None,
        contact_route=case.brand.contact_route,
        snippets=list(snippets_now().values_list("pk", "key", "name"))
        if can["reply"] and Part.SNIPPETS in there
        else [],
        **_invitation(case),
    )


def _invitation(case: Case) -> dict[str, str]:
    """The wording that a resolved case may invite with, or why it may not (R45)."""
    if case.state != CaseState.RESOLVED:
        return {}
    try:
        check_inviting(case)
    except NotAllowed as error:
        return {"no_invitation": str(error)}
    return {"invitation": INVITATION}


def _with_guard(
    case: Case,
    mode: Mode,
    person: Responder,
    told: Mapping[str, str],
) -> Mode:
    """The mode with what the guard says of its text, where there is one that could be sent."""
    if mode.off or mode.channel is None or not mode.text.strip():
        return mode
    text = signed(mode.text, person) if told.get("sign") else mode.text.strip()
    public = mode.name == "public"
    closes_out = public and bool(told.get("closes_out"))
    kind = {"closes_out": closes_out, "invites": bool(told.get("invites"))}
    found = guarded(case, text, channel=mode.channel, private=not public, by=person, **kind)
    return replace(mode, guarded=found, anyway=told.get(f"anyway_{mode.name}", ""))


def guarded(
    case: Case,
    text: str,
    *,
    channel: ChannelRow,
    private: bool,
    closes_out: bool,
    by: Responder,
    invites: bool = False,
) -> Guarded | None:
    """What the guard says of a text; None where there is nothing to answer any more."""
    target = target_for(case, private=private, closes_out=closes_out)
    if target is None:
        return None
    checked = check_text(
        case, text, channel=channel, target=target, private=private, closes_out=closes_out, by=by,
        invites=invites,
    )  # fmt: skip
    return shown(checked)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a reply of a mode goes, and the account that speaks there."""

    mode: str
    network: str
    channel: ChannelRow | None


def _places(case: Case, there: Parts) -> list[_Place]:
    public = _Place("public", case.network, channel_on(case, case.network))
    network = private_network(case) if Part.PRIVATE_POSTS in there else case.network
    channel = public.channel if network == case.network else channel_on(case, network)
    return [public, _Place("private", network, channel)]


def _reply_mode(case: Case, place: _Place, text: str, *, can: Mapping[str, bool]) -> Mode:
    name, channel = place.mode, place.channel
    private = name == "private"
    traits = traits_of(channel.network if channel else case.network)
    target = target_on(case, place.network, private=private)
    limit = traits.message_limit if private else traits.limit
    off = ""
    if not can["reply"]:
        off = "Your role may not speak for the company."
    elif off_public := no_public_place(case.network) if not private else "":
        off = off_public
    elif channel is None and no_public_place(case.network):
        off = "Call them and write the call down, or give them a hand-off link; both stand under In private."
    elif channel is None:
        off = f"No account is connected on {network_name(case.network)}. Connect one under Set-up."
    elif case.state in SHUT:
        off = f"This case is {case.state}. Reopen it before you answer."
    elif not private and not traits.can_reply:
        off = f"Replies are not possible on {network_name(case.network)}. Open the post and answer there."
    elif private and not traits.can_message:
        off = f"Private messages are not possible on {network_name(case.network)}."
    elif target is None:
        off = "There is no post left to answer: the customer removed what they wrote."
    most = traits.message_pictures if private else traits.pictures
    return Mode(
        name, text, False, limit, traits.unit, target, off, channel=channel,
        most_pictures=most, alt_limit=traits.alt_limit,
    )  # fmt: skip


def _pictures(case: Case, person: Responder) -> dict[str, list[Attachment]]:
    """What stands beside each text that this person has begun."""
    rows = Attachment.objects.filter(case=case, by=person, reply=None).select_related("picture")
    found: dict[str, list[Attachment]] = {}
    for row in rows.order_by("pk"):
        found.setdefault(row.mode, []).append(row)
    return found


def _chosen(case: Case, modes: list[Mode], wanted: str) -> str:
    """The mode asked for; else the one with a draft; else where the customer last wrote."""
    if wanted in MODES:
        return wanted
    usable = {mode.name: mode for mode in modes if not mode.off}
    begun = [name for name, mode in usable.items() if mode.text]
    latest = usable["private"].target if "private" in usable else None
    there = "private" if latest is not None and latest.private else "public"
    if case.state == CaseState.RESOLVED:
        there = "public"
    return next((name for name in (*begun, there, *usable) if name in usable), "note")


def signed(text: str, person: Responder) -> str:
    """The text with the signature of who wrote it (R27): a person answers a person."""
    return sign(text, person.signature)


def chosen_mode(typed: Mapping[str, str]) -> str:
    """Raises ``BadInput``."""
    mode = typed.get("mode", "")
    if mode not in MODES:
        raise BadInput("Choose how to write: a public reply, a private message or a note.")
    return mode


def described(typed: Mapping[str, str]) -> dict[int, tuple[str, bool]]:
    """What a form says that pictures show, by the ids of attachments."""
    found = {}
    for name, text in typed.items():
        number = name.removeprefix("alt_")
        if name.startswith("alt_") and number.isdecimal() and len(number) < 18:
            found[int(number)] = (text, bool(typed.get(f"no_words_{number}")))
    return found
