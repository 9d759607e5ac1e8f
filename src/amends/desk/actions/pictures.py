"""Pictures beside replies: kept once, described, handed in with the text, erased with the case.

For other rooms of the desk: ``keep_picture`` stores any picture (a snippet's too), ``content_of``
gives its bytes, ``attach_kept`` puts one beside what somebody is writing.
"""

import contextlib
import hashlib
import os
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError, QuerySet

from amends.casework import Action, Role, check_may
from amends.connectors.pictures import draw_anew
from amends.connectors.registry import traits_of
from amends.desk.models import Attachment, Case, OutgoingReply, PictureRow, Responder
from amends.terms import BadInput, NotAllowed, Traits
from amends.text import storable

MOST_BESIDE = 8  # beside one text that is being written; networks show fewer


def keep_picture(raw: bytes, *, now: datetime) -> PictureRow:
    """Draw a picture anew and keep it. Raises ``BadInput`` for what is none that goes out."""
    drawn = draw_anew(raw)
    digest = hashlib.sha256(drawn.content).hexdigest()
    place = _place(digest)
    if not place.is_file():
        _write(place, drawn.content)
    row, _ = PictureRow.objects.get_or_create(
        digest=digest,
        defaults={
            "kind": drawn.kind, "size": len(drawn.content),
            "width": drawn.width, "height": drawn.height, "at": now,
        },
    )  # fmt: skip
    return row


def content_of(picture: PictureRow) -> bytes:
    """The bytes of a picture. Raises ``BadInput`` where they are gone or were changed."""
    try:
        content = _place(picture.digest).read_bytes()
    except OSError as error:
        raise BadInput("The picture is not in the home folder any more; attach it anew.") from error
    if hashlib.sha256(content).hexdigest() != picture.digest:
        raise BadInput("The picture in the home folder was changed; attach it anew.")
    return content


def _place(digest: str) -> Path:
    return Path(settings.AMENDS_HOME) / "pictures" / digest[:2] / digest


def _write(place: Path, content: bytes) -> None:
    """Whole or not at all, also where two write it at once or the power goes."""
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = place.with_name(f"{place.name}.{secrets.token_hex(4)}")
    try:
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(place)
    finally:
        draft.unlink(missing_ok=True)


def attach(
    case: Case,
    *,
    mode: str,
    raw: bytes,
    alt: str = "",
    network: str = "",
    by: Responder,
    now: datetime,
) -> Attachment:
    """Put a picture beside what a person is writing. ``network`` is where it will go out, where that
    is not the case's own. Raises ``NotAllowed``, ``BadInput``."""
    check_may(Role(by.role), Action.REPLY)
    _check_room(case, mode, network or case.network, by)
    kept = keep_picture(raw, now=now)
    return attach_kept(case, mode=mode, picture=kept, alt=alt, network=network, by=by, now=now)


def attach_kept(
    case: Case,
    *,
    mode: str,
    picture: PictureRow,
    alt: str = "",
    network: str = "",
    by: Responder,
    now: datetime,
) -> Attachment:
    """As ``attach``, with a picture that is kept already."""
    check_may(Role(by.role), Action.REPLY)
    _check_room(case, mode, network or case.network, by)
    return Attachment.objects.create(
        picture=picture, case=case, by=by, mode=mode, alt=_alt(alt), at=now
    )


def _check_room(case: Case, mode: str, network: str, by: Responder) -> None:
    if mode not in ("public", "private"):
        raise BadInput("Pictures go with a public reply or a private message.")
    most = _most(traits_of(network), private=mode == "private")
    if not most:
        raise NotAllowed(f"{network.capitalize()} takes no pictures there.")
    if beside(case, mode, by).count() >= min(most, MOST_BESIDE):
        raise BadInput(f"{network.capitalize()} takes {most} at most. Take one away first.")


def _most(traits: Traits, *, private: bool) -> int:
    return traits.message_pictures if private else traits.pictures


def beside(case: Case, mode: str, by: Responder) -> QuerySet[Attachment]:
    """What stands beside a text that was not handed in yet, in order."""
    rows = Attachment.objects.filter(case=case, mode=mode, by=by, reply=None)
    return rows.select_related("picture").order_by("pk")


def describe(case: Case, said: Mapping[int, tuple[str, bool]], *, by: Responder) -> None:
    """Keep what pictures show, by the ids of attachments of this person's that were not handed in;
    beside each whether it needs no words."""
    if not said:
        return
    mine = Attachment.objects.filter(case=case, by=by, reply=None)
    for pk, (alt, no_words) in said.items():
        mine.filter(pk=pk).update(alt=_alt(alt), no_words=no_words)


def detach(case: Case, pk: int, *, by: Responder) -> None:
    """Take a picture away again."""
    with transaction.atomic():
        found = Attachment.objects.filter(case=case, by=by, reply=None, pk=pk).first()
        if found is not None:
            picture = found.picture_id
            found.delete()
            forget_unused([picture])


def hand_in(reply: OutgoingReply, attachments: Sequence[Attachment], *, traits: Traits) -> None:
    """Let pictures go out with a reply, in the transaction that hands it in.

    Raises ``BadInput`` for more than the network takes, for one that nobody described, and for
    words that are too long.
    """
    most = _most(traits, private=reply.private)
    if len(attachments) > most:
        raise BadInput(f"The network takes {most} pictures; take {len(attachments) - most} away.")
    for number, one in enumerate(attachments, start=1):
        _check_described(one, number, traits.alt_limit)
    mine = Attachment.objects.filter(pk__in=[one.pk for one in attachments], reply=None)
    mine.update(reply=reply)


def _check_described(one: Attachment, number: int, limit: int) -> None:
    if not one.alt and not one.no_words:
        raise BadInput(
            f"Say what picture {number} shows, for those who cannot see it; or tick that it needs"
            " no words."
        )
    if len(one.alt) > limit:
        raise BadInput(
            f"Picture {number} is described in {len(one.alt):,} characters; the network takes"
            f" {limit:,}. Shorten it by {len(one.alt) - limit:,}."
        )


def give_back(reply: OutgoingReply) -> None:
    """What went with a withdrawn reply stands beside its writer's draft again."""
    Attachment.objects.filter(reply=reply).update(reply=None)


def erase_pictures(case: Case) -> None:
    """Forget the pictures of a case, and those files that nothing else shows."""
    rows = Attachment.objects.filter(case=case)
    pictures = list(rows.values_list("picture", flat=True))
    rows.delete()
    forget_unused(pictures)


def forget_unused(pictures: Sequence[int]) -> None:
    """Rows go with the transaction, files after it: a file too many harms less than one too few."""
    for row in PictureRow.objects.filter(pk__in=pictures, attachments=None):
        place = _place(row.digest)
        with contextlib.suppress(ProtectedError):  # something else shows it: a snippet, say
            with transaction.atomic():
                row.delete()
            transaction.on_commit(lambda place=place: place.unlink(missing_ok=True))  # type: ignore[misc]


def _alt(text: str) -> str:
    return storable(" ".join(text.replace("\0", "").split()))[:5000]
