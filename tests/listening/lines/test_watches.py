"""A file of watches, and everything that can be wrong with one."""

from pathlib import Path

import pytest

from amends.listening.lines.watches import WatchesRefused, read_watches

WANTED = {"brand": "acme OR @acme", "product": '"acme air" -from:acme'}
FORMS = {
    "lines": '# ours\n\nbrand: acme OR @acme\r\n  product:  "acme air" -from:acme  \n',
    "json lines": (
        '{"name": "brand", "query": "acme OR @acme"}\n'
        '{"query": "\\"acme air\\" -from:acme", "name": "product", "kind": "product"}\n'
    ),
    "object": '{\n "brand": "acme OR @acme",\n "product": "\\"acme air\\" -from:acme"\n}',
    "array": (
        '[{"name": "brand", "query": "acme OR @acme"},\n'
        '{"name": "product", "query": "\\"acme air\\" -from:acme"}]'
    ),
    "mixed, with a mark": (
        '\ufeffbrand: acme OR @acme\n{"name": "product", "query": "\\"acme air\\" -from:acme"}'
    ),
}


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "w"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize("form", FORMS)
def test_every_form_says_the_same(form: str, tmp_path: Path) -> None:
    assert read_watches(written(tmp_path, FORMS[form])) == WANTED


def test_all_faults_are_told_at_once_with_their_places(tmp_path: Path) -> None:
    """R08: what is wrong is told with its place and what to write, before anything starts."""
    path = written(
        tmp_path,
        'good: acme\nbad:  acme OR\nno name\nfrom:acme late\ngood: other\n{"name": "x"}\n'
        '{"name": "y", "query": "OR"}\n',
    )
    with pytest.raises(WatchesRefused) as refused:
        read_watches(path)
    said = [line.removeprefix(f"{path}:") for line in str(refused.value).splitlines()]
    places = [line.split(" ", 1)[0] for line in said]
    assert places == ["2:12:", "3:", "4:", "5:", "6:", "7:"]
    assert said[0].startswith("2:12: bad: OR needs a term after it")
    assert (
        said[1] == "3: It has no name or no query; write NAME: QUERY, with a blank after the colon."
    )
    assert said[3] == "5: The name good is taken by line 1."


def test_object_over_many_lines_is_told_by_the_line_of_its_name(tmp_path: Path) -> None:
    path = written(tmp_path, '{\n "a": "acme",\n "b": "OR"\n}')
    with pytest.raises(WatchesRefused, match=f"^{path}:3: b: OR needs"):
        read_watches(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no watch"),
        ("# nothing\n", "holds no watch"),
        (b"caf\xe9: acme", "is not UTF-8"),
        ("[1, 2]", "no name or no query"),
        ('{"a": 1}', "no name or no query"),
        ('{"a": "acme"', "begins as JSON and is none"),
        (":  acme", "no name or no query"),
    ],
)
def test_file_that_holds_none_is_refused(text: str | bytes, said: str, tmp_path: Path) -> None:
    with pytest.raises(WatchesRefused, match=said):
        read_watches(written(tmp_path, text))


def test_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WatchesRefused, match="cannot be read: No such file"):
        read_watches(tmp_path / "none")
