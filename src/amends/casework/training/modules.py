"""A training module: a lesson in parts and a quiz; those that come with the product."""

import hashlib
from functools import cache
from importlib.resources import files
from typing import Final, Literal

import msgspec

FEWEST_QUESTIONS: Final = 3
About = Literal["complaints", "compliments", "both"]


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A piece of a lesson. ``say`` and ``avoid`` are wordings beside each other, where it has some."""

    title: str
    text: str
    say: str = ""
    avoid: str = ""


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A possible answer, and ``why`` it is right or wrong."""

    text: str
    why: str
    right: bool = False


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Exactly one of its ``choices`` is right."""

    ask: str
    choices: tuple[Choice, ...]

    def __post_init__(self) -> None:
        if len(self.choices) < 2 or sum(choice.right for choice in self.choices) != 1:
            message = (
                f"The question “{self.ask[:60]}” needs two choices or more, and one right one."
            )
            raise ValueError(message)

    @property
    def right(self) -> int:
        """The place of the right choice, from 0."""
        return next(n for n, choice in enumerate(self.choices) if choice.right)


class Module(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A lesson of some minutes with its quiz.

    ``name`` is its address and what is stored; ``pass_percent`` of the questions are to be right;
    having passed is good for ``valid_days``. ``place`` orders the shipped ones.
    """

    name: str
    title: str
    about: str
    minutes: int
    parts: tuple[Part, ...]
    questions: tuple[Question, ...]
    place: int = 100
    on: About = "both"
    pass_percent: int = 80
    valid_days: int = 365
    own: bool = False

    def __post_init__(self) -> None:
        if len(self.questions) < FEWEST_QUESTIONS or not self.parts:
            message = f"The module {self.name} needs a lesson and {FEWEST_QUESTIONS} questions."
            raise ValueError(message)

    @property
    def needed(self) -> int:
        """How many questions are to be right."""
        return -(-len(self.questions) * self.pass_percent // 100)


def edition_of(module: Module) -> str:
    """Twelve hexadecimal digits that change with any word of the module."""
    return hashlib.sha256(msgspec.json.encode(module)).hexdigest()[:12]


@cache
def shipped() -> dict[str, Module]:
    """The modules that come with the product, by name, in the order to take them in."""
    folder = files("amends.casework.training") / "shipped"
    found = [
        msgspec.toml.decode(one.read_bytes(), type=Module)
        for one in folder.iterdir()
        if one.name.endswith(".toml")
    ]
    return {module.name: module for module in sorted(found, key=lambda one: one.place)}
