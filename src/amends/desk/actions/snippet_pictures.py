"""Pictures of snippets: kept once, described once, put beside the reply that the snippet goes into."""

from datetime import datetime
from typing import Final

from amends.casework import Action, Role, check_may
from amends.desk.actions.pictures import attach_kept, beside, forget_unused, keep_picture
from amends.desk.actions.replies import channel_for
from amends.desk.models import Case, Responder, Snippet, SnippetPicture
from amends.terms import BadInput
from amends.text import storable

MOST: Final = 4
LONGEST: Final = 1_500


def add_snippet_picture(
    row: Snippet, *, raw: bytes, alt: str, by: Responder, now: datetime
) -> SnippetPicture:
    """Keep a picture with a snippet. Raises ``BadInput``: it has to be described, and four are most."""
    check_may(Role(by.role), Action.SET_UP)
    alt = storable(" ".join(alt.split()))
    if not 0 < len(alt) <= LONGEST:
        raise BadInput(f"Say what the picture shows, in 1 to {LONGEST:,} characters.")
    if row.pictures.count() >= MOST:
        raise BadInput(f"A snippet has {MOST} pictures at most. Take one away first.")
    kept = keep_picture(raw, now=now)
    made, _ = SnippetPicture.objects.get_or_create(
        snippet=row, picture=kept, defaults={"alt": alt, "by": by, "at": now}
    )
    return made


def remove_snippet_picture(one: SnippetPicture, *, by: Responder) -> None:
    """Take it away; replies that it went out with keep it."""
    check_may(Role(by.role), Action.SET_UP)
    picture = one.picture_id
    one.delete()
    forget_unused([picture])


def attach_pictures_of(
    row: Snippet, case: Case, *, mode: str, by: Responder, now: datetime
) -> None:
    """Put the snippet's pictures beside what somebody writes, those that are not there yet.

    Raises ``NotAllowed``, ``BadInput`` where the network takes none or no more.
    """
    channel = channel_for(case, private=mode == "private")
    network = channel.network if channel is not None else case.network
    there = set(beside(case, mode, by).values_list("picture", flat=True))
    for one in row.pictures.select_related("picture").order_by("pk"):
        if one.picture_id not in there:
            attach_kept(
                case, mode=mode, picture=one.picture, alt=one.alt, network=network, by=by, now=now
            )
