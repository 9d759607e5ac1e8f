"""What the guard is told beside the reply. Whatever is not known is left out, and stays unknown."""

from typing import Literal

import msgspec

Fault = Literal["ours", "third_party", "customer", "unclear"]
Mode = Literal["public", "private"]


class CaseFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known about the case that a reply belongs to.

    ``post`` is the complaint's text. ``public_turns`` counts our public replies so far; None is
    not known and taken for none. ``recipient`` and ``complainant`` are handles, ``account`` is ours.
    ``private_words`` are names, numbers and addresses known from private messages or our own
    records. ``aroused`` says whether the customer is; None: the guard looks at the post.
    ``authority`` is the largest amount that whoever writes may give away. ``closes_out`` marks the
    public last word of a resolved case. ``invites`` marks a reply that asks the customer to speak again
    in public, ``invited`` says that one was asked before, ``owed`` that something we give is not
    delivered yet.
    """

    mode: Mode = "public"
    post: str | None = None
    public_turns: int | None = None
    fault: Fault | None = None
    recipient: str | None = None
    complainant: str | None = None
    network: str = ""
    account: str | None = None
    private_words: tuple[str, ...] = ()
    aroused: bool | None = None
    authority: float | None = None
    closes_out: bool = False
    invites: bool = False
    invited: bool = False
    owed: bool = False

    @property
    def public(self) -> bool:
        return self.mode == "public"

    @property
    def first_turn(self) -> bool:
        """Our first public word to this customer."""
        return self.public and not self.public_turns and not self.closes_out
