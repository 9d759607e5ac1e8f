"""Reviews of the App Store Connect API. Anything unreadable raises ``BadInput``."""

from collections.abc import Mapping
from typing import Any

from amends.connectors.fields import mapping_of, mappings_of, text_of, time_of, whole_of
from amends.connectors.reviewing import Answer, Review
from amends.terms import BadInput

NETWORK = "appstore"


def read_review(value: Mapping[str, Any], *, app: str) -> Review:
    """A review; what was answered lies in it under ``answer``. Raises ``BadInput`` without an id."""
    review_id, told = text_of(value.get("id")), mapping_of(value.get("attributes"))
    if review_id is None or not told:
        raise BadInput("The review has no id or says nothing.")
    stars = whole_of(told.get("rating"))
    said = [text_of(told.get("title")), text_of(told.get("body"))]
    return Review(
        id=review_id,
        text="\n".join(part.strip() for part in said if part and part.strip()),
        stars=stars if stars in range(1, 6) else None,
        author=text_of(told.get("reviewerNickname")),
        created_at=time_of(told.get("createdDate")),
        url=f"https://apps.apple.com/app/id{app}?see-all=reviews",
        answer=read_answer(mapping_of(value.get("answer"))),
    )


def read_answer(value: Mapping[str, Any]) -> Answer | None:
    """What the developer answered; None where nothing was."""
    told = mapping_of(value.get("attributes"))
    text = text_of(told.get("responseBody"))
    if text is None:
        return None
    at = time_of(told.get("lastModifiedDate"))
    return Answer(text=text, at=at, id=text_of(value.get("id")) or "")


def answer_ids(review: Mapping[str, Any]) -> list[str]:
    """The ids of what a review is answered with."""
    response = mapping_of(mapping_of(review.get("relationships")).get("response"))
    found = response.get("data")
    many = mappings_of(found) if isinstance(found, list) else [mapping_of(found)]
    return [one for one in (text_of(answer.get("id")) for answer in many) if one]
