"""Reviews of the Google Play Developer API. Anything unreadable raises ``BadInput``."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from amends.connectors.fields import mapping_of, mappings_of, text_of, whole_of
from amends.connectors.reviewing import Answer, Review
from amends.terms import BadInput

NETWORK = "googleplay"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_review(value: Mapping[str, Any], *, package: str) -> Review:
    """A review with the newest of its comments. Raises ``BadInput`` where it has no id or text."""
    review_id, said = text_of(value.get("reviewId")), _comment(value, "userComment")
    text = said.get("text")
    if review_id is None or not isinstance(text, str):
        raise BadInput("The review has no id or no text.")
    stars, at = whole_of(said.get("starRating")), _time(said.get("lastModified"))
    return Review(
        id=review_id,
        # A title, where there is one, stands before a tab.
        text="\n".join(part.strip() for part in text.split("\t", 1) if part.strip()),
        stars=stars if stars in range(1, 6) else None,
        author=text_of(value.get("authorName")),
        created_at=at,
        # When it was written first is not told, so each may be an edit of what was heard before.
        edited_at=at,
        lang=text_of(said.get("reviewerLanguage")),
        url=f"https://play.google.com/store/apps/details?id={package}&reviewId={quote(review_id)}",
        answer=read_answer(_comment(value, "developerComment")),
    )


def read_answer(comment: Mapping[str, Any]) -> Answer | None:
    """What the developer said; None where nothing was."""
    text = text_of(comment.get("text"))
    return None if text is None else Answer(text=text, at=_time(comment.get("lastModified")))


def _comment(review: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    for comment in reversed(mappings_of(review.get("comments"))):
        if kind in comment:
            return mapping_of(comment[kind])
    return {}


def _time(value: object) -> datetime | None:
    """``{"seconds", "nanos"}``; seconds come as text, as all 64-bit numbers of Google's JSON do."""
    fields = mapping_of(value)
    seconds = text_of(fields.get("seconds"))
    if seconds is None or not seconds.isdecimal():
        return None
    try:
        return _EPOCH + timedelta(
            seconds=int(seconds), microseconds=(whole_of(fields.get("nanos")) or 0) // 1000
        )
    except OverflowError:
        raise BadInput(f"{seconds[:60]!r} is no time.") from None
