"""The model card: what a run measured, put in words a person can weigh."""

from typing import Any

_LIMITS = """\
- It reads English. Complaints were learnt from English posts alone (X, then Twitter). Sentiment
  was also taught in Arabic, French, German, Hindi, Italian, Portuguese and Spanish, and reaches
  the complaint head only as a hint: a complaint in another language is mostly missed. Languages
  written without spaces are read as character runs, and nothing was taught in them.
- New brands and trades read worse than these figures: the folds mix brands, so words of the same
  brand's other complaints were seen. What a reader loses on posts of another kind is told by the line
  on learning from one set alone.
- Short posts are the weakest (see the lengths above). Sarcasm, understatement and emoji alone are
  mostly missed. One rule catches bitter thanks ("thanks for nothing"): the complaint is then at least
  0.60 and the praise at most 0.05.
- The probability fits the share of complaints in these sets. Where complaints are rarer it says too much, where commoner too little.
- The threshold is chosen for recall: the precision above says how much of what it flags is no
  complaint. Many neutral posts addressed to a company are among it, and thanks that name the
  trouble ("thanks for sorting my account out") can be. A person decides.
- Sentiment of a post is not about the brand named in it: who is meant is not read.
- Questions were labelled by their question mark (half of them hidden): a statement with a question
  mark counts as a question, and requests without one are often missed.
- Praise was learnt from Reddit comments, posts about three technology brands, and a few dozen plain
  thanks written for this project; thanks to another person in the thread count as praise.
- Retraction is a list of English phrases (`amends.understanding.phrases`), not learnt, not measured.
- The folds that gave the figures gave the threshold too, so recall there is a little flattered.
- Nothing was measured by dialect, gender or age of the author: unknown, so assume uneven."""


def card_text(card: dict[str, Any]) -> str:
    """The card as Markdown; the same card gives the same text."""
    parts = (_head, _data, _complaint, _slices, _reliability, _others, _permissive)
    sections = [part(card) for part in parts]
    return "\n\n".join([*sections, f"## Limits\n\n{_LIMITS}"]) + "\n"


def figure(found: dict[str, Any]) -> str:
    """``79.4 (77.8 to 81.0)``, or a dash where there was nothing to measure."""
    if found["value"] is None:
        return "-"
    return f"{found['value']} ({found['low']} to {found['high']})"


def _table(head: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def _head(card: dict[str, Any]) -> str:
    way = "clearly licensed sets alone" if card["permissive"] else "all sets that may train"
    return (
        f"# Model card: {card['model']}\n\n"
        "Written by `amends train`, every figure measured by that run. Figures are percent; in brackets "
        "the 95 % interval.\n\n"
        "A linear reader of posts: for each text the probability that it is a complaint, its "
        "sentiment, and whether it praises or asks. Features are hashed words, pairs of words and "
        "characters within words, so the file holds no text. Handles and links are placeholders: "
        "no reading depends on who wrote or who is addressed. It is meant for choosing what a person "
        "looks at first, never for acting on anyone unseen.\n\n"
        f"Seed {card['seed']}, learnt from {way}. A post counts as a complaint from "
        f"**{card['threshold']}**."
    )


def _data(card: dict[str, Any]) -> str:
    rows: list[tuple[object, ...]] = [
        (one["name"], one["rows"], one["kept"], one["licence"], one["use"]) for one in card["sets"]
    ]
    return (
        "## Data and licences\n\n"
        + _table(("set", "rows", "kept", "licence stated", "use"), rows)
        + "\n\nA text found twice, within a set or across sets (letters and digits, without links and "
        "handles), is kept once, where it is measured. Sets marked non-commercial are never learnt from."
    )


def _complaint(card: dict[str, Any]) -> str:
    figures = card["figures"]
    rows: list[tuple[object, ...]] = [
        (
            name,
            one["complaints"],
            figure(one["macro_f1"]),
            one["auc"],
            figure(one["at_threshold"]["recall"]),
            figure(one["at_threshold"]["precision"]),
            one["ece"],
        )
        for name, one in figures["complaint_out_of_fold"].items()
    ]
    both = figures["complaint_at_threshold"]
    head = ("set", "complaints", "macro-F1", "AUC", "recall", "precision", "ECE")
    return (
        "## Complaint, out of fold\n\n"
        "Five folds; calibration and the cut for macro-F1 are fitted inside each fold's learning "
        f"rows. Recall and precision are at the threshold {card['threshold']}, the highest that "
        "finds nine in ten.\n\n"
        + _table(head, rows)
        + f"\n\nTogether at the threshold: recall {figure(both['recall'])}, precision "
        f"{figure(both['precision'])}."
        + _across(figures["complaint_across"])
        + ("\n\n" + _DISTANT if card["permissive"] else "\n\n" + _PUBLISHED)
    )


def _across(found: dict[str, Any]) -> str:
    if not found:
        return ""
    told = ", ".join(f"{name} {figure(one)}" for name, one in found.items())
    return f"\n\nTried on one set after learning from the other alone, macro-F1: {told}."


_DISTANT = (
    "These labels are distant: irritated Reddit comments and first messages to help desks stand in for "
    "complaints. The figures against labelled complaints are in the last table."
)
_PUBLISHED = (
    "Published on the ACL 2019 posts, each by its own protocol: 79 with features and distant "
    "supervision, 87 to 88 with transformers."
)


def _slices(card: dict[str, Any]) -> str:
    figures = card["figures"]
    rows: list[tuple[object, ...]] = [
        (
            name,
            one["rows"],
            one["complaints"],
            figure(one["flagged"]),
            figure(one["recall"]),
            figure(one["precision"]),
        )
        for kind in ("complaint_by_part", "complaint_by_length")
        for name, one in figures[kind].items()
    ]
    head = ("slice (lengths in characters)", "rows", "complaints", "flagged", "recall", "precision")
    return "## Slices at the threshold\n\n" + _table(head, rows)


def _reliability(card: dict[str, Any]) -> str:
    found = card["figures"]["complaint_reliability"]
    rows: list[tuple[object, ...]] = [
        (bin_["said"], bin_["was"], bin_["rows"]) for bin_ in found["bins"]
    ]
    return (
        f"## Calibration\n\nExpected calibration error out of fold, ten bins of equal mass: "
        f"{found['ece']} points.\n\n" + _table(("said", "was", "rows"), rows)
    )


def _others(card: dict[str, Any]) -> str:
    figures = card["figures"]
    lines = [f"- Sentiment, held-out tenth: macro-recall {figure(figures['sentiment_held_out'])}."]
    for name, say in (("praise_held_out", "Praise"), ("question_held_out", "Question")):
        one = figures[name]
        lines.append(
            f"- {say}, a held-out tenth: macro-F1 {figure(one['macro_f1'])}, recall at 0.5 "
            f"{figure(one['at_half']['recall'])}, precision {figure(one['at_half']['precision'])}, "
            f"ECE {one['ece']}."
        )
    for name in ("tweeteval-sentiment-val", "airline-sentiment"):
        if name in figures:
            lines.extend(_trial(name, figures[name]))
    return "## Sentiment, praise, question\n\n" + "\n".join(lines)


def _trial(name: str, one: dict[str, Any]) -> list[str]:
    flagged = ", ".join(f"{mood} {figure(share)}" for mood, share in one["flagged"].items())
    praise = one["praise_of_positive"]
    mood, recall, precision = one["sentiment"], praise["recall"], praise["precision"]
    return [
        f"- {name}, never learnt from ({mood['rows']} rows): macro-recall {figure(mood)}.",
        f"  Flagged as a complaint, by its sentiment: {flagged}.",
        f"  Praise at 0.5 where positive: recall {figure(recall)}, precision {figure(precision)}.",
    ]


def _permissive(card: dict[str, Any]) -> str:
    costs = card["permissive_costs"]
    if costs is None:
        return "## Clearly licensed sets alone\n\nToo few were given to train from."
    rows: list[tuple[object, ...]] = []
    full = {} if card["permissive"] else card["figures"].get("complaint_out_of_fold", {})
    for name, one in sorted(costs.items()):
        if isinstance(one, dict) and "macro_f1" in one:
            other = figure(full[name]["macro_f1"]) if name in full else "-"
            rows.append((f"complaint macro-F1, {name}", other, figure(one["macro_f1"])))
        elif isinstance(one, dict):
            known = None if card["permissive"] else card["figures"].get(name)
            other = figure(known["sentiment"]) if known else "-"
            rows.append((f"sentiment macro-recall, {name}", other, figure(one)))
    head = ("figure", "all sets that may train", "clearly licensed alone")
    return (
        "## Clearly licensed sets alone\n\nWhat `--permissive` costs: no clearly licensed set labels "
        "complaints or the sentiment of posts, so both are learnt from emotions of Reddit comments, "
        "and first messages to help desks.\n\n" + _table(head, rows)
    )
