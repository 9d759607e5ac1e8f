"""What a post names is never fetched: neither by the desk nor by whoever looks at it there."""

import pytest

from amends.desk.actions.hearing import store_mentions
from amends.terms import Media
from tests import factories, people
from tests.web.support import Page, signed_in

pytestmark = [pytest.mark.database, pytest.mark.alike]

INSIDE = "http://169.254.169.254/latest/meta-data"
LOADS = {"src", "srcset", "poster", "background", "data", "action", "formaction", "hx-get"}


def test_links_pictures_and_profiles_in_posts_are_shown_and_load_nothing() -> None:
    factories.channel()
    one = factories.mention(f"Halcyon lost my bag, see {INSIDE}")
    media = (Media(kind="image", url=f"{INSIDE}/bag.png", alt="A bag"),)
    post = type(one.post)(
        **{name: getattr(one.post, name) for name in one.post.__struct_fields__}
        | {"media": media, "links": (INSIDE,), "url": INSIDE}
    )
    told = type(one)(
        **{name: getattr(one, name) for name in one.__struct_fields__} | {"post": post}
    )
    [case] = store_mentions(
        [told], brand=factories.brand(), channel=factories.channel(), threshold=0.5,
        now=factories.NOON, new_ref=lambda: "SSRF1",
    )  # fmt: skip
    client = signed_in(people.mina())
    for url in (f"/cases/{case.ref}/", "/heard/"):
        page = Page(client.get(url).content.decode())
        loaded = [
            value
            for _, attrs in page.tags
            for name, value in attrs.items()
            if name in LOADS and "169.254" in (value or "")
        ]
        assert ("169.254" in page.text, loaded) == (True, [])
