"""The Board in a few lines, and its world for the contract test."""

from typing import Any

from amends.bench.faults.clock import HandClock
from amends.bench.faults.serving import Asked, Fake, Said
from amends.terms import Channel, Credentials
from tests.connectors.template import BoardConnector

US, MAUD = {"id": "1", "name": "brindlewing"}, {"id": "2", "name": "maud"}


class FakeBoard(Fake):
    def __init__(self, clock: HandClock) -> None:
        super().__init__(clock)
        self.notes: list[dict[str, Any]] = []
        self._made = 0

    def add(self, text: str, *, by: dict[str, str] = MAUD, answers: str | None = None) -> str:
        self._made += 1
        at = self.clock.move(1).isoformat()
        self.notes.insert(
            0, {"id": f"n{self._made}", "text": text, "by": by, "at": at, "answers": answers}
        )
        return str(self.notes[0]["id"])

    def handle(self, asked: Asked) -> Said:
        match asked.method, asked.path.strip("/").split("/"):
            case "GET", ["notes"]:
                return Said(200, [note for note in self.notes if _wanted(note, asked)])
            case "POST", ["notes"]:
                if asked.json["answers"] not in [note["id"] for note in self.notes]:
                    return Said(422, {"error": "the note answered is gone"})
                self.add(asked.json["text"], by=US, answers=asked.json["answers"])
                return Said(201, self.notes[0])
            case "GET", ["notes", note_id, "thread"]:
                found = [note for note in self.notes if note_id in (note["id"], note["answers"])]
                return Said(200, found[::-1]) if found else Said(404, {"error": "no such note"})
            case "DELETE", ["notes", note_id]:
                kept = [note for note in self.notes if note["id"] != note_id]
                gone, self.notes = len(kept) < len(self.notes), kept
                return Said(200, {}) if gone else Said(404, {"error": "no such note"})
            case "GET", ["people", name]:
                people = {"me": US, "1": US, "2": MAUD}
                return Said(200, people[name]) if name in people else Said(404, {"error": "nobody"})
        return Said(404, {"error": "no such page"})


def _wanted(note: dict[str, Any], asked: Asked) -> bool:
    if asked.one("mine"):
        return bool(note["by"] == US)
    return (asked.one("contains") or f"@{US['name']}") in note["text"]


class BoardWorld:
    """What the contract test asks of a world, each on one line."""

    greeting = ""

    def __init__(self, fake: FakeBoard) -> None:
        self.fake = fake

    async def connector(self) -> BoardConnector:
        channel = Channel(network="board", handle="brindlewing", settings={"server": self.fake.url})
        secrets = Credentials(values={"token": "board-token"})
        return BoardConnector(channel, secrets, self.fake.outbound, self.fake.clock)

    async def post_as_customer(self, text: str, *, mention: bool) -> str:
        return self.fake.add(f"@{US['name']} {text}" if mention else text)

    async def posts_in_thread(self, post_id: str) -> list[str]:
        return [note["text"] for note in self.fake.notes[::-1] if note["answers"] == post_id]

    async def aclose(self) -> None:
        """The fake closes by itself."""
