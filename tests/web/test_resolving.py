"""An address leads to the same page whether it was asked for before or not."""

import pytest
from django.urls import Resolver404, ResolverMatch, URLResolver, resolve
from django.urls.resolvers import RoutePattern

from amends.web import urls
from amends.web.addresses import Remembered

PATHS = (
    "/", "/inbox/", "/cases/T1/", "/cases/T2/", "/cases/T1/letter-decide/", "/cases/new/",
    "/cases/T1/replies/7/release/", "/set-up/rules/3/grant/", "/set-up/rules/4/grant/", "/claims/holds/",
    "/claims/5/evidence/6/", "/h/survey/abc/", "/h/abc/", "/robots.txt", "/listening/cluster/",
    f"/cases/{'T' * 500}/",
)  # fmt: skip


def _told(found: ResolverMatch) -> tuple[object, ...]:
    return found.func, found.args, found.kwargs, found.view_name, found.route


def test_address_leads_to_one_page() -> None:
    plain = URLResolver(RoutePattern("/"), urls.PAGES)
    for path in PATHS:
        func, args, kwargs, name, route = _told(plain.resolve(path))
        asked = [_told(resolve(path)) for _ in range(3)]
        assert asked == [(func, args, kwargs, name, str(route).removeprefix("/"))] * 3


def test_what_one_request_does_to_its_values_no_other_sees() -> None:
    resolve("/cases/T1/").kwargs["ref"] = "another"
    assert resolve("/cases/T1/").kwargs == {"ref": "T1"}


def test_address_that_leads_nowhere_or_is_long_is_not_remembered() -> None:
    pages = Remembered(urls.PAGES)
    for path in ("nowhere/", "people/x/", f"nowhere/{'x' * 500}/"):
        for _ in range(2):
            with pytest.raises(Resolver404):
                pages.resolve(path)
    assert pages.resolve(f"cases/{'T' * 500}/").url_name == "case"
    assert pages.remembered == 0
    assert pages.resolve("cases/T1/").url_name == "case"
    assert pages.remembered == 1
