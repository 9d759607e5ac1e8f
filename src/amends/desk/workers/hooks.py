"""What networks post to us, taken into the desk as what is polled is."""

import logging

from amends.connectors.x.webhook import Inbox
from amends.desk.actions.own_reader import own_reader
from amends.desk.actions.reading import Asked, desk_reader
from amends.desk.actions.secrets import unseal
from amends.desk.models import Brand, ChannelRow
from amends.desk.workers.listen import steps_for
from amends.desk.workers.run import new_ref
from amends.desk.workers.sink import DeskSink
from amends.listening.taking import Door
from amends.terms import Page, Reading, SystemClock
from amends.text.language import language_detector

log = logging.getLogger(__name__)

SOURCE = "webhook"
_inboxes: dict[int, tuple[int, Inbox]] = {}


def reading_of(text: str, brand: Brand) -> tuple[Reading, float]:
    """What the desk's reader says of a text that was written to a brand, and from where on it takes
    one for a complaint."""
    reader = own_reader()
    asked = Asked(text, language_detector()(text), near=True)
    return desk_reader(reader, brand).read([asked])[0], brand.threshold or reader.threshold


def inbox_of(channel: ChannelRow) -> Inbox:
    """The inbox of an account on X; what came is remembered by this process."""
    version, inbox = _inboxes.get(channel.pk, (0, None))
    if inbox is None or version != channel.version:
        secret = unseal(bytes(channel.secret)).get("consumer_secret", "")
        inbox = Inbox(secret, SystemClock())
        _inboxes[channel.pk] = channel.version, inbox
    return inbox


def take_in(channel: ChannelRow, page: Page) -> None:
    """Take what a network posted to us through the steps, and store what is kept."""
    reader = own_reader()
    sink = DeskSink(channel, threshold=reader.threshold, clock=SystemClock(), new_ref=new_ref)
    door = Door(SOURCE, steps_for(channel, reader), sink)
    try:
        door.take(page)
    except Exception:
        log.exception("What %s posted to us could not be stored as a whole", channel)
        door.take_one_by_one(page, SystemClock().now())
