"""Every outgoing text passes the guard (R28 to R34): there is one way into the outbox."""

import re

from tests.test_house import ROOT

_MADE = re.compile(r"(?<!class )OutgoingReply(?:\.objects\.\w*create)?\(")


def test_replies_enter_the_outbox_in_one_place() -> None:
    source = ROOT / "src" / "amends"
    made = [path for path in source.rglob("*.py") if _MADE.search(path.read_text("utf-8"))]
    assert [path.relative_to(source).as_posix() for path in made] == ["desk/actions/outbox.py"]
