"""A reply that the network takes from people alone: shown with where to send it, then found."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from amends.desk.models import OutgoingReply
from amends.terms import OnlyByHand, Published, ReplyTarget
from tests import people
from tests.desk.test_replies import SOON, queue
from tests.desk.test_sending import Hands, Network, inline, sender, tick
from tests.factories import case
from tests.web.pages import signed_in

__all__ = ["inline"]

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

URL = "https://x.com/intent/post?in_reply_to=1&text=Sorry"


@dataclass
class Reserved(Network):
    """A network that takes replies from people alone. ``url`` is where."""

    url: str = URL

    async def publish(self, text: str, *, target: ReplyTarget, attempt: str) -> Published:
        self.sent.append(text)
        raise OnlyByHand("Open the post on X and send the reply there.", url=self.url, text=text)


def test_reply_is_looked_for_and_not_sent_again() -> None:
    reply, network, clock = queue(case()), Reserved(), Hands()
    for minutes in (0, 1, 3, 10, 50, 90, 600):
        clock.time = SOON + timedelta(minutes=minutes)
        tick(sender(network, clock))
    row = OutgoingReply.objects.get(pk=reply.pk)
    assert (row.status, row.by_hand, len(network.sent)) == ("not known", URL, 1)
    assert row.reason == "Open the post on X and send the reply there."


def test_reply_that_somebody_sent_there_is_recognised() -> None:
    reply, network, clock = queue(case()), Reserved(), Hands()
    tick(sender(network, clock))
    clock.time = SOON + timedelta(minutes=5)
    network.there = Published(id="by-hand-1", url=None, at=clock.time)
    tick(sender(network, clock))
    row = OutgoingReply.objects.select_related("post").get(pk=reply.pk)
    assert row.post is not None
    assert (row.status, row.post.native_id) == ("sent", "by-hand-1")


@pytest.mark.alike
def test_address_that_no_browser_may_be_sent_to_is_a_refusal() -> None:
    reply, network = queue(case()), Reserved(url="javascript:alert(1)")
    tick(sender(network, Hands()))
    assert OutgoingReply.objects.get(pk=reply.pk).status == "failed"


def test_case_page_shows_where_to_send_it_and_the_text() -> None:
    reply = queue(case())
    tick(sender(Reserved(), Hands()))
    page = signed_in(people.mina).get(f"/cases/{reply.case.ref}/").content.decode()
    assert f'href="{URL.replace("&", "&amp;")}"' in page
    assert f'data-copy="{reply.text}"' in page
    assert "To be sent by hand" in page
