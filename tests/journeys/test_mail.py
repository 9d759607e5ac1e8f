"""From a complaint by mail to our answer in its thread, and the customer's answer to that."""

from email import message_from_bytes, policy

import pytest
from asgiref.sync import sync_to_async

from amends.bench.faults.clock import HandClock
from amends.bench.faults.fakes.mail import PASSWORD, US, FakeMail
from amends.bench.faults.serving import running
from amends.desk.actions import connect_channel, queue_reply
from amends.desk.models import Case, OutgoingReply, PostRow
from tests.factories import brand, watch
from tests.journeys.test_networks import Desk, _no_connection_is_left, until  # noqa: F401
from tests.people import mina

pytestmark = [pytest.mark.database, pytest.mark.alike, pytest.mark.django_db(transaction=True)]


def connected(fake: FakeMail) -> None:
    watch()
    host, _, port = fake.url.partition("://")[2].partition(":")
    settings = {
        "imap_host": host, "imap_port": port, "imap_security": "none", "smtp_host": host,
        "smtp_port": str(fake.smtp_port), "smtp_security": "none", "copies": "server",
        "poll_seconds": "1",
    }  # fmt: skip
    secrets = {"password": PASSWORD, "reply_key": "k"}
    connect_channel(brand=brand(), network="mail", handle=US, settings=settings, secrets=secrets)


async def test_complaint_by_mail_is_answered_and_the_answer_comes_back_to_its_case() -> None:
    """R06, R24, R32."""
    fake = FakeMail(HandClock())
    async with running(fake):
        await sync_to_async(connected)(fake)
        post_id = fake.add("You lost my bag, this is awful service.", subject="Lost bag")
        async with Desk(fake):
            case = await until(Case.objects.select_related("first_post").first)
            await sync_to_async(queue_reply)(
                case, text="So sorry. Which flight was it? ^MK", private=True,
                by=await sync_to_async(mina)(), now=fake.clock.now(), attempt="a1",
            )  # fmt: skip
            await until(lambda: OutgoingReply.objects.filter(status="sent").exists())
            answer_to = str(message_from_bytes(fake.sent[0], policy=policy.default)["Reply-To"])
            fake.clock.move(30)
            fake.add("LH 400, and it is still gone.", to=answer_to, subject="Re: Lost bag")
            fake.add("Give me the refund instead.", subject="Re: Lost bag")  # signed by nobody
            await until(
                lambda: PostRow.objects.filter(text__startswith="LH 400", place__case=case).first()
            )
    assert (case.private, fake.replies(post_id)) == (True, ["So sorry. Which flight was it? ^MK"])
    assert not await sync_to_async(
        lambda: PostRow.objects.filter(text__contains="refund", place__case=case).exists()
    )()
