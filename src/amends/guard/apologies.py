"""Apologies (R38 to R40): none that is none, none for what is not ours, none half-hearted."""

from amends.guard.writing import Writing


def check_apologies(writing: Writing) -> None:
    if "non_apology" in writing.said:
        writing.add_said("non_apology")
    elif "half_apology" in writing.said:
        writing.add_said("half_apology")
    _check_dodging(writing)
    _check_fault(writing)


def _check_dodging(writing: Writing) -> None:
    """A storm is out of our hands indeed; so is what the case puts down to somebody else."""
    if "dodging" not in writing.said or writing.facts.fault == "third_party":
        return
    if not writing.says("fault_ours", "weather"):
        writing.add_said("dodging")


def _check_fault(writing: Writing) -> None:
    fault = writing.facts.fault
    if "fault_ours" in writing.said and fault in ("third_party", "customer"):
        writing.add_said("false_guilt", "fault_ours")
    elif "fault_ours" in writing.said and fault == "unclear":
        writing.add_said("open_fault", "fault_ours")
    elif fault == "ours" and not is_open_question(writing):
        _check_owned(writing)


def _check_owned(writing: Writing) -> None:
    owned = writing.says("fault_ours", "own")
    # A long reply that apologises and acts takes the matter on without the word "our".
    taken_on = owned or (
        writing.sorry and len(writing.page.words) > 12 and writing.says("next_step")
    )
    mended = writing.says("next_step", "route", "remedy_here", "promise")
    if not taken_on and not mended:
        writing.add("unowned")
    elif not taken_on:
        writing.add("unowned", reason="The fault is ours, and this does not own it.")
    elif not mended:
        writing.add(
            "unowned", reason="This owns the fault, and does not say what is done about it."
        )


def is_open_question(writing: Writing) -> bool:
    """A short question to begin with (R28), which asks for no personal data and no "details"."""
    words = len(writing.page.whole_words)
    asks = any(sign in writing.page.flat for sign in "?\uff1f\u061f")
    return asks and words <= 25 and not writing.says("bare_ask", "asks_data")
