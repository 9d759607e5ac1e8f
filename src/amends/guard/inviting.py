"""The one invitation to speak again in public, which nothing is ever tied to (R45)."""

from amends.guard.page import Page
from amends.guard.phrases import load_phrases
from amends.guard.promises import promises_in
from amends.guard.writing import Writing


def invites(reply: str) -> bool:
    """Whether a reply asks the customer to say something in public."""
    page, phrases = Page(reply), load_phrases()
    return "invites" in phrases.find(page, phrases.held(page))


def check_inviting(writing: Writing) -> None:
    if "invitation_condition" in writing.said:
        writing.add_said("invitation_condition")
        return
    facts = writing.facts
    if "invites" not in writing.said and not facts.invites:
        return
    given = any(one.kind == "amount" for one in promises_in(writing.page, writing.said))
    found = {
        "invitation_with_remedy": given or "remedy_here" in writing.said,
        "invitation_early": facts.owed,
        "invitation_again": facts.invited,
    }
    for code, holds in found.items():
        if holds and "invites" in writing.said:
            writing.add_said(code, "invites")
        elif holds:
            writing.add(code)
