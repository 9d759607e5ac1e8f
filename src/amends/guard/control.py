"""Control and threat (R30), and whom a reply goes to (R31)."""

import unicodedata

from amends.guard.writing import Writing

_PLAIN = ("threat", "legal_menace", "control", "belittling", "sarcasm", "blame")


def check_control(writing: Writing) -> None:
    for code in _PLAIN:
        if code in writing.said:
            writing.add_said(code)
    _check_deletion(writing)
    _check_recipient(writing)


def _check_deletion(writing: Writing) -> None:
    """Taking down or changing what the customer wrote, asked for or bargained over.

    Where the reply says that personal data stand in the post, asking to take them down is help;
    unless something is given for it.
    """
    said = writing.said
    if said.keys().isdisjoint(("conditional_gone", "deletion_bare", "amend_post")):
        return
    bargain = writing.says("benefit") and writing.says("bargain")
    if "conditional_gone" in said and ("deletion_bare" in said or bargain or _gives(writing)):
        writing.add_said("deletion", "conditional_gone")
    elif "deletion_bare" in said and (_gives(writing) or not writing.says("privacy")):
        writing.add_said("deletion", "deletion_bare")
    elif "amend_post" in said and bargain:
        writing.add_said("deletion", "amend_post")


def _gives(writing: Writing) -> bool:
    return writing.says("remedy_here") or (
        writing.says("benefit") and writing.says("bargain") and not writing.says("privacy")
    )


def _check_recipient(writing: Writing) -> None:
    facts = writing.facts
    if (
        facts.recipient
        and facts.complainant
        and not same_handle(facts.recipient, facts.complainant)
    ):
        writing.add("third_party")


def same_handle(one: str, two: str) -> bool:
    """Two spellings of one handle: ``@`` or none, any capitals, with its server or without."""
    first, second = _bare(one), _bare(two)
    if first == second:
        return True
    if ("@" in first) != ("@" in second):
        return first.split("@")[0] == second.split("@")[0]
    return ("." in first) != ("." in second) and first.split(".")[0] == second.split(".")[0]


def _bare(handle: str) -> str:
    folded = unicodedata.normalize("NFKC", handle).casefold().strip()
    return folded.rstrip("/").rpartition("/")[2].lstrip("@").strip()
