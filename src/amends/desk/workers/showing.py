"""Pictures of a reply, given to its network before the text: nothing is published by that."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from amends.connectors.pictures import Picture, fitted
from amends.connectors.protocol import CarriesPictures, Connector
from amends.desk.actions.pictures import content_of
from amends.desk.models import OutgoingReply
from amends.desk.workers.database import DatabaseThread
from amends.terms import ConnectorError, DeliveryUnknown, TryLater

GIVING = 0.5  # the share of a claim's time that pictures may take; the rest is for the text
AGAIN = timedelta(seconds=10)


async def give_pictures(
    reply: OutgoingReply, connector: Connector, database: DatabaseThread
) -> Sequence[str]:
    """The network's ids of the reply's pictures, in order. Raises ``AmendsError`` and its kin."""
    pictures = await database(lambda: _pictures_of(reply, connector.traits.picture_bytes))
    if not pictures:
        return []
    if not isinstance(connector, CarriesPictures):
        raise ConnectorError("This network takes no pictures; write the reply without them.")
    return [
        await connector.upload(picture.content, kind=picture.kind, alt=alt)
        for picture, alt in pictures
    ]


def _pictures_of(reply: OutgoingReply, most_bytes: int) -> list[tuple[Picture, str]]:
    """As small as the network takes them, with their descriptions."""
    found = []
    for one in reply.attachments.select_related("picture").order_by("pk"):
        row = one.picture
        whole = Picture(content=content_of(row), kind=row.kind, width=row.width, height=row.height)
        found.append((fitted(whole, most_bytes=most_bytes), one.alt))
    return found


def not_given(error: Exception, *, now: datetime) -> ConnectorError:
    """What it means that a picture could not be given: nothing went out, so it is tried again
    unless the network said that it never takes it."""
    if isinstance(error, TryLater):
        return error
    if isinstance(error, TimeoutError | DeliveryUnknown):
        return TryLater("The network took too long over a picture.", now + AGAIN)
    return ConnectorError(str(error))
