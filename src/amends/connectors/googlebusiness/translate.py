"""Reviews of the Business Profile API. Anything unreadable raises ``BadInput``."""

from collections.abc import Mapping
from typing import Any

from amends.connectors.fields import mapping_of, text_of, time_of, web_link
from amends.connectors.reviewing import Answer, Review
from amends.terms import BadInput

NETWORK = "googlebusiness"
_STARS = {"ONE": 1, "TWO": 2, "THREE": 3, "FOUR": 4, "FIVE": 5}
_BY_MACHINE, _AS_WRITTEN = "(Translated by Google)", "(Original)"


def read_review(value: Mapping[str, Any]) -> Review:
    """A review. Raises ``BadInput`` where it has no name, or a time that is none."""
    name, comment = text_of(value.get("name")), value.get("comment")
    if name is None:
        raise BadInput("The review has no name.")
    reviewer = mapping_of(value.get("reviewer"))
    created, updated = time_of(value.get("createTime")), time_of(value.get("updateTime"))
    return Review(
        id=name,
        text=_as_written(comment) if isinstance(comment, str) else "",
        stars=_STARS.get(text_of(value.get("starRating")) or ""),
        author=None
        if reviewer.get("isAnonymous") is True
        else text_of(reviewer.get("displayName")),
        created_at=created or updated,
        edited_at=updated if created and updated and updated > created else None,
        url=web_link(value.get("reviewReplyUrl")),
        answer=read_answer(mapping_of(value.get("reviewReply"))),
    )


def read_answer(value: Mapping[str, Any]) -> Answer | None:
    """What stands under a review in the place's name; None where nothing does."""
    text = text_of(value.get("comment"))
    return None if text is None else Answer(text=text, at=time_of(value.get("updateTime")))


def _as_written(comment: str) -> str:
    """The customer's own words, of a comment that Google shows with a translation."""
    before, marked, after = comment.partition(_AS_WRITTEN)
    if marked and before.lstrip().startswith(_BY_MACHINE):
        return after.strip()
    return comment.partition(_BY_MACHINE)[0].strip() or comment.strip()
