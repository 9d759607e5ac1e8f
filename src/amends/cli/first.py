"""What a desk has when it first starts: the demo brand, and a way in."""

import secrets

from amends.config.settings import Settings
from amends.connectors.demo.cast import BRAND, BRAND_PHRASES, COMPETITOR, COMPETITOR_PHRASES
from amends.desk.actions import (
    connect_channel,
    first_administrator,
    make_sign_in_link,
    save_brand,
    save_watch,
)
from amends.desk.models import Brand, Responder
from amends.terms import SystemClock, WatchKind


def set_up_demo(settings: Settings) -> None:
    """The demo brand on the demo network, unless the desk has a brand already."""
    if Brand.objects.exists():
        return
    handle, name = BRAND.handle or "", BRAND.name or ""
    brand = save_brand(
        None,
        name=name,
        contact_route="Please send us a private message here, so that we can look into it with you.",
    )
    connect_channel(
        brand=brand,
        network="demo",
        handle=handle,
        settings={
            "path": str((settings.home / "demo.sqlite3").absolute()),
            "seed": str(settings.demo_seed),
            "cast": "on",
        },
        secrets={"token": secrets.token_urlsafe(16)},
    )
    save_watch(
        None,
        brand=brand,
        kind=WatchKind.BRAND,
        name=name,
        phrases=BRAND_PHRASES[:1],
        handles=[handle],
        hashtags=[handle],
    )
    save_watch(
        None,
        brand=brand,
        kind=WatchKind.PRODUCT,
        name="Products",
        phrases=BRAND_PHRASES[1:],
        handles=[],
        hashtags=[],
    )
    save_watch(
        None,
        brand=brand,
        kind=WatchKind.COMPETITOR,
        name=COMPETITOR.name or "",
        phrases=COMPETITOR_PHRASES,
        handles=[COMPETITOR.handle or ""],
        hashtags=[],
    )


def sign_in_address(settings: Settings) -> str:
    """A one-time link for the first administrator until somebody has been in; "" after that."""
    person = first_administrator(email=settings.email)
    if person is None:
        if Responder.objects.exclude(last_login=None).exists():
            return ""
        person = Responder.objects.order_by("pk").first()
    if person is None:
        return ""
    token = make_sign_in_link(
        person, now=SystemClock().now(), new_token=lambda: secrets.token_urlsafe(32)
    )
    return f"{settings.address}/enter/{token}/"
