"""Evidence: bytes kept as they came, and the proof that they are still those."""

import hashlib
from enum import StrEnum
from typing import Final

from amends.terms import BadInput

LARGEST: Final = 10_000_000


class Source(StrEnum):
    """Where the bytes came from: the network's own answer, what the desk had stored, or a person."""

    NETWORK = "network"
    DESK = "desk"
    FILE = "file"


class Proof(StrEnum):
    """What holding evidence against its hashes shows. Each completes "The evidence is …"."""

    WHOLE = "whole"
    CHANGED = "changed"
    UNPROVED = "not in the history"
    ERASED = "erased"
    AWAITED = "not there yet"


def fingerprint(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def check_file(data: bytes) -> None:
    """Raise ``BadInput`` for a file that cannot be kept."""
    if not data:
        raise BadInput("The file is empty. Choose another.")
    if len(data) > LARGEST:
        raise BadInput(
            f"The file has {len(data) / 1e6:.1f} MB; {LARGEST / 1e6:.0f} MB is the most. Split it."
        )


def prove(data: bytes, sha256: str, *, in_chain: str | None, kept: bool, erased: bool) -> Proof:
    """Hold bytes against the hash on their row and the one in the case's chain of events.

    ``in_chain`` is None where no event names this evidence. Whoever changes the bytes must change the
    row, and whoever changes the row is found by the chain.
    """
    if not kept:
        return Proof.AWAITED
    if in_chain is None:
        return Proof.UNPROVED
    if in_chain != sha256:
        return Proof.CHANGED
    if erased:
        return Proof.CHANGED if data else Proof.ERASED
    return Proof.WHOLE if fingerprint(data) == sha256 else Proof.CHANGED
