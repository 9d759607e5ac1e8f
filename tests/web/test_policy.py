"""What every response carries, and what no page may hold."""

import pytest
from django.test import Client

from amends.desk.actions import add_note, queue_reply
from amends.desk.models import Case, Responder
from amends.web.middleware import HEADERS
from tests import factories, people
from tests.web.support import HTMX, Page, signed_in, undone

pytestmark = pytest.mark.database

CORPUS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</textarea><script>alert(1)</script>",
    "</title><svg/onload=alert(1)>",
    "{{ 7|add:7 }}{% debug %}",
    "<a href='javascript:alert(1)'>x</a>",
    'https://evil.example/"onmouseover=alert(1)',
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<style>*{display:none}</style>",
    "<math><mi xlink:href='javascript:alert(1)'>",
    "<body onload=alert(1)>",
]


def _case(text: str, handle: str = "rosa") -> Case:
    case = factories.case(text, handle=handle)
    add_note(case, text=text, by=people.mina(), now=factories.NOON)
    queue_reply(
        case,
        text=text[:200],
        private=False,
        by=people.mina(),
        now=factories.NOON,
        attempt=text[:60],
    )
    return case


def _pages(person: Responder, *cases: Case) -> dict[str, str]:
    """The pages that show what people wrote."""
    client, own = signed_in(person), [f"/cases/{case.ref}/" for case in cases]
    plain = ["/inbox/", "/inbox/?tab=done", "/palette/", *own]
    found = {url: client.get(url).content.decode() for url in plain}
    parts = ["/inbox/", own[0], *(f"{url}trail/" for url in own)]
    return found | {f"part {url}": client.get(url, headers=HTMX).content.decode() for url in parts}


def _other_pages(person: Responder) -> dict[str, str]:
    client, stranger = signed_in(person), Client()
    found = {url: client.get(url).content.decode() for url in ("/account/", "/nowhere/")}
    return found | {url: stranger.get(url).content.decode() for url in ("/sign-in/", "/enter/x/")}


def _inline(source: str) -> list[str]:
    found = []
    for tag, attrs in Page(source).tags:
        if tag in {"style", "iframe", "object", "base"} or (
            tag == "script" and not attrs.get("src")
        ):
            found.append(tag)
        found += [name for name in attrs if name == "style" or name.startswith(("on", "hx-on"))]
        links = [attrs.get("href") or "", attrs.get("src") or "", attrs.get("action") or ""]
        found += [link for link in links if link.lower().startswith(("javascript:", "data:"))]
    return found


def test_no_page_holds_inline_script_or_style() -> None:
    pages = _pages(people.ada(), _case("Halcyon lost my bag")) | _other_pages(people.ada())
    assert [(url, _inline(source)) for url, source in pages.items() if _inline(source)] == []


def test_what_strangers_write_stays_text() -> None:
    texts = [" ".join(CORPUS[at::4]) for at in range(4)]
    cases = {text: _case(f"Halcyon {text}", handle=text) for text in texts}
    pages = _pages(people.ada(), *cases.values())
    assert [(url, _inline(source)) for url, source in pages.items() if _inline(source)] == []
    own = {text: Page(pages[f"/cases/{case.ref}/"]).text for text, case in cases.items()}
    listed = Page(pages["/inbox/"]).text
    assert [text for text, page in own.items() if text not in page or text not in listed] == []


def test_hidden_controls_are_shown_as_marks() -> None:
    case = factories.case("Halcyon \u202egnp.exe", handle="ro\u200bsa")
    page = signed_in(people.mina()).get(f"/cases/{case.ref}/").content.decode()
    assert "\u202e" not in page
    assert "\u200b" not in page
    assert "[U+202E]gnp.exe" in page


def test_links_of_strangers_carry_nothing_with_them() -> None:
    case = factories.case("Halcyon see https://photos.example/a?b=1&c=2, please")
    page = Page(signed_in(people.mina()).get(f"/cases/{case.ref}/").content.decode())
    links = [attrs for tag, attrs in page.tags if tag == "a" and "photos" in (attrs["href"] or "")]
    assert links == [
        {
            "href": "https://photos.example/a?b=1&c=2",
            "rel": "noopener noreferrer nofollow ugc",
            "target": "_blank",
        }
    ]


def test_every_response_carries_the_content_policy() -> None:
    client = Client()
    for url in ("/healthz", "/sign-in/", "/inbox/", "/nowhere/", "/live/", "/enter/x/"):
        headers = client.get(url).headers
        assert {name: headers.get(name) for name in HEADERS} == HEADERS, url


def test_policy_allows_no_inline_code_and_nothing_from_elsewhere() -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert [bad for bad in ("unsafe", "*", "http:", "https:") if bad in policy] == []
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")


def test_pages_are_kept_by_no_cache() -> None:
    assert signed_in(people.mina()).get("/inbox/").headers["Cache-Control"] == "no-store"


def test_form_from_elsewhere_is_refused() -> None:
    case = factories.case()
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.mina())
    answer = client.post(f"/cases/{case.ref}/resolve/")
    assert (answer.status_code, "Send it again" in answer.content.decode()) == (403, True)


def test_part_asked_for_after_the_session_ended_sends_the_browser_to_sign_in() -> None:
    answer = Client().get("/inbox/", headers=HTMX)
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/sign-in/")


def test_refusal_for_htmx_is_a_toast_and_leaves_the_page_alone() -> None:
    answer = signed_in(people.mina()).get("/cases/T0/", headers=HTMX)
    assert (answer.status_code, answer["HX-Retarget"]) == (404, "#toasts")
    assert "<html" not in answer.content.decode()


def test_zero_byte_breaks_no_page() -> None:
    client = signed_in(people.mina())
    for url in ("/cases/%00/", "/palette/?q=%00", "/enter/%00/", "/inbox/?after=%00"):
        assert client.get(url).status_code in {200, 400, 404}, url


def test_zero_byte_breaks_no_act() -> None:
    case, client = factories.case(), signed_in(people.mina())
    sent = dict.fromkeys(("label", "into", "reason", "to"), "a\0b")
    for verb in ("label", "merge", "unlabel", "close", "assign"):
        with undone():
            answer = client.post(f"/cases/{case.ref}/{verb}/", sent)
        assert answer.status_code in {302, 400, 403}, verb
