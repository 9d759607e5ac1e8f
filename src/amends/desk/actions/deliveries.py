"""Taking what is posted to a webhook: signed, once, and kept before it is answered."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from amends.connectors.protocol import Delivery
from amends.connectors.webhook import WebhookConnector
from amends.connectors.webhook.connector import NETWORK, SOURCE, place_of
from amends.connectors.webhook.signing import LARGEST, check_signed
from amends.desk.actions.secrets import unseal
from amends.desk.models import ChannelRow, Cursor, DeliveryRow
from amends.outbound import Outbound
from amends.terms import (
    BadInput,
    Channel,
    ConnectorError,
    Credentials,
    DeadLetter,
    NotAllowed,
    Post,
    SystemClock,
)

KEPT = timedelta(days=1)  # after it was read; far longer than a signature is good for
_NOBODY = "nobody's secret, so that an unknown name takes as long as a wrong signature"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a delivery holds: how many posts, and why each other part cannot be read."""

    posts: int
    faults: tuple[str, ...]


def take_delivery(
    name: str, body: bytes, *, timestamp: str, signature: str, now: datetime
) -> Receipt:
    """Keep a delivery. The same bytes again change nothing.

    Raises ``NotAllowed`` for one that is too large or not signed; then nothing is kept.
    """
    if len(body) > LARGEST:
        raise NotAllowed(
            f"The delivery is larger than {LARGEST:,} bytes; send fewer posts at once."
        )
    channel = ChannelRow.objects.filter(network=NETWORK, handle=name.lower()).first()
    secret = unseal(bytes(channel.secret)).get("secret", "") if channel else _NOBODY
    check_signed(secret, timestamp=timestamp, signature=signature, body=body, now=now)
    if channel is None:
        raise NotAllowed("There is no such webhook.")
    digest = hashlib.sha256(body).hexdigest()
    with transaction.atomic():
        # One at a time, so that ids grow in the order in which they can be seen: the reader's
        # place is an id, and what appeared below it later would never be read.
        ChannelRow.objects.select_for_update().get(pk=channel.pk)
        _forget_read(channel, now)
        DeliveryRow.objects.get_or_create(
            channel=channel, digest=digest, defaults={"body": body, "at": now}
        )
    return _receipt(channel, body, now)


def deliveries_after(channel: ChannelRow, after: int, most: int) -> Sequence[Delivery]:
    """The next deliveries to a channel, in the order in which they came."""
    rows = DeliveryRow.objects.filter(channel_id=channel.pk, pk__gt=after).order_by("pk")[:most]
    return [Delivery(id=row.pk, body=bytes(row.body), at=row.at) for row in rows]


def _forget_read(channel: ChannelRow, now: datetime) -> None:
    cursor = Cursor.objects.filter(channel=channel, source=SOURCE).first()
    if cursor is not None:
        read = DeliveryRow.objects.filter(channel=channel, pk__lte=place_of(cursor.value))
        read.filter(at__lt=now - KEPT).delete()


def _receipt(channel: ChannelRow, body: bytes, now: datetime) -> Receipt:
    """What will be read of it, for whoever sent it; the listener reads it again."""
    told = Channel(
        network=NETWORK,
        handle=channel.handle,
        settings={str(key): str(value) for key, value in channel.settings.items()},
    )
    try:
        reader = WebhookConnector(told, Credentials(values={}), Outbound(), SystemClock())
    except (BadInput, ConnectorError) as error:
        return Receipt(0, (str(error),))
    found = list(reader.read(Delivery(id=0, body=body, at=now)))
    faults = tuple(one.reason for one in found if isinstance(one, DeadLetter))
    return Receipt(sum(isinstance(one, Post) for one in found), faults)
