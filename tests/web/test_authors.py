"""Authors' roles on the pages: set on a post, set by a list, shown as a mark."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from amends.desk.models import AuthorRow, RoleMark
from tests import people
from tests.factories import case, heard
from tests.web.pages import signed_in, unsafe_parts

pytestmark = pytest.mark.database


def pasted(**more: Any) -> Any:
    typed = {"role": "press", "network": "", "handles": "@Rosa\n\ntom", **more}
    return signed_in(people.ada).post("/set-up/authors/", typed)


def marks() -> list[tuple[str, str, str]]:
    return sorted(RoleMark.objects.values_list("handle", "role", "how"))


@pytest.mark.alike
def test_role_is_set_on_a_post_and_one_comes_back_there() -> None:
    author = heard(handle="rosa").author
    assert author is not None
    client = signed_in(people.mina)
    answer = client.post(
        f"/authors/{author.pk}/role/", {"role": "press", "back": "/heard/?view=market"}
    )
    assert answer.headers["Location"] == "/heard/?view=market"
    assert 'data-test="author-role">press<' in client.get("/heard/").text
    client.post(f"/authors/{author.pk}/role/", {"role": ""})
    assert AuthorRow.objects.get().role is None


@pytest.mark.alike
@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_one_comes_back_to_the_desk_alone(back: str) -> None:
    author = heard().author
    assert author is not None
    answer = signed_in(people.mina).post(f"/authors/{author.pk}/role/", {"role": "", "back": back})
    assert answer.headers["Location"] == "/heard/"


@pytest.mark.alike
def test_unknown_role_is_refused() -> None:
    author = heard().author
    assert author is not None
    answer = signed_in(people.mina).post(f"/authors/{author.pk}/role/", {"role": "spy"})
    assert (answer.status_code, RoleMark.objects.count()) == (400, 0)


def test_author_of_private_messages_alone_is_not_there_for_sales() -> None:
    author = heard(private=True, to_us=True, complaint=0.1, question=0.0).author
    assert author is not None
    url = f"/authors/{author.pk}/role/"
    assert signed_in(people.mina).post(url, {"role": "press"}).status_code == 404


@pytest.mark.alike
def test_role_stands_on_the_case_and_in_the_inbox() -> None:
    found = case(handle="rosa")
    AuthorRow.objects.update(role="press")
    client = signed_in(people.mina)
    for url in ("/inbox/", f"/cases/{found.ref}/"):
        assert 'data-test="author-role">press<' in client.get(url).text


def test_inbox_is_narrowed_to_a_role() -> None:
    press, other = case(handle="pat"), case(handle="tom")
    AuthorRow.objects.filter(handle="pat").update(role="press")
    client = signed_in(people.mina)

    def listed(query: str) -> list[str]:
        return [row["ref"] for row in client.get(f"/inbox/?{query}").context["rows"]]

    assert listed("role=press") == [press.ref]
    assert sorted(listed("role=spy")) == sorted([press.ref, other.ref])


@pytest.mark.alike
def test_list_is_pasted() -> None:
    assert pasted().status_code == 302
    assert marks() == [("rosa", "press", "list"), ("tom", "press", "list")]
    page = signed_in(people.vic).get("/set-up/authors/")
    assert page.status_code == 403


@pytest.mark.alike
def test_list_comes_from_a_file() -> None:
    file = SimpleUploadedFile("press.txt", "\ufeff@pat\r\n".encode())
    assert pasted(handles="", file=file).status_code == 302
    assert marks() == [("pat", "press", "list")]


@pytest.mark.alike
@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"handles": ""}, "Write at least one handle"),
        ({"handles": "two words"}, "Line 1 is no handle: two words"),
        ({"handles": "", "file": b"\xff\xfe"}, "no plain text in UTF-8"),
        ({"handles": "", "file": b"x\n" * 500_001}, "larger than 1 MB"),
        ({"role": "spy"}, "valid choice"),
        ({"network": "nowhere"}, "valid choice"),
    ],
)
def test_refused_list_keeps_what_was_typed(more: dict[str, Any], said: str) -> None:
    if "file" in more:
        more = more | {"file": SimpleUploadedFile("list.txt", more["file"])}
    page = pasted(**more)
    assert (page.status_code, said in page.text, marks()) == (400, True, [])
    assert unsafe_parts(page) == []


def test_known_accounts_are_shown_found_and_taken_back() -> None:
    pasted()
    client = signed_in(people.ada)
    page = client.get("/set-up/authors/?words=RO")
    assert [one.handle for one in page.context["said"]] == ["rosa"]
    assert "Ada Berg, by a list" in page.text
    client.post(f"/set-up/authors/{page.context['said'][0].pk}/forget/")
    assert [one.handle for one in client.get("/set-up/authors/").context["said"]] == ["tom"]
    assert client.get("/set-up/authors/?role=employee").text.count("No known account fits") == 1
