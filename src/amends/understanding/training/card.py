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
- Dialect is told by a few words alone, in few posts; gender and age of authors are unknown, so assume
  uneven. All labelled complaints come from one network.
- A wrong told without a word of displeasure ("They sold me a used phone as new") often scores low: in the sets,
  complaints answer or address a company, and what addresses nobody is mostly none.
- The fast tier alone is a little worse than the first reader on most sets, as it does not see that
  somebody is addressed; both tiers together are better.
- A complaint that carries no handle scores a little lower than with one; how many are found either way is told
  above. A fifth of handles hidden was chosen among four shares on the very folds that are told here.
- Where a post is read deep, sentiment is weighed as if all three were as common: it says neutral less often
  than such posts are, and its shares are no frequencies.
- How far each tier is believed was fitted on TweetEval's validation sets; the table by fifths is clean of that,
  the figures of the finished reader on those sets are a little flattered.
- Arousal stands on emotions that stir, not on judgements of arousal. Requests are distant labels."""


def card_text(card: dict[str, Any]) -> str:
    """The card as Markdown; the same card gives the same text."""
    parts = (_head, _data, _complaint, _slices, _reliability, _others, _edits, _permissive)
    sections = [part(card) for part in parts]
    return "\n\n".join([*sections, f"## Limits\n\n{_LIMITS}"]) + "\n"


_ENCODER = (
    "What the encoder of the deep tier was tuned on before is told beside it; of the shipped one in "
    "`docs/models/README.md`: the sets above that are learnt from, complaints and intents aside, and "
    "offensive-davidson (MIT)."
)


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
        "A reader of posts in two tiers: for each text the probability that it is a complaint, its "
        "sentiment, emotion and arousal, abuse and irony, and whether it praises, asks or wants something. "
        "The fast tier sums hashed words, pairs of words and characters within words; the deep one is a "
        f"transformer of six layers. {_SIGNS[card['handles']]} It is meant for choosing what a person "
        "looks at first, never for acting on anyone unseen.\n\n"
        f"Seed {card['seed']}, learnt from {way}. A post counts as a complaint from "
        f"**{card['threshold']}**."
    )


_SIGNS = {
    False: ("Handles and links are left out: no reading depends on who wrote or who is addressed."),
    True: (
        "Links are left out, and by the fast tier handles too; the deep one sees one sign for every "
        "handle, so it knows that somebody is addressed and never who. No reading depends on who wrote "
        "or which handle stands there."
    ),
}


def _data(card: dict[str, Any]) -> str:
    rows: list[tuple[object, ...]] = [
        (one["name"], one["rows"], one["kept"], one["licence"], one["use"]) for one in card["sets"]
    ]
    return (
        "## Data and licences\n\n"
        + _table(("set", "rows", "kept", "licence stated", "use"), rows)
        + "\n\nA text found twice, within a set or across sets (letters and digits, without links and "
        "handles), is kept once, where it is measured. Sets marked non-commercial are never learnt from."
        + (" " + _ENCODER if card["deep"] else "")
    )


def _complaint(card: dict[str, Any]) -> str:
    figures = card["figures"]
    rows: list[tuple[object, ...]] = []
    for name, one in figures["complaint"].items():
        for tier, said in _tiers(card):
            rows.append(
                (name, said, figure(one["macro_f1"][tier]), one["auc"][tier], one["ece"][tier])
            )
    both = figures["at_threshold"]
    return (
        "## Complaint, out of fold\n\n"
        f"Five folds of each text once. {_tuned(card)}Each fold is calibrated on what heads "
        "said of the other folds, and a complaint is what is likelier than not.\n\n"
        + _table(("set", "tier", "macro-F1", "AUC", "ECE"), rows)
        + f"\n\nAt the threshold {card['threshold']}, the highest that finds nine in ten: recall "
        f"{figure(both['recall'])}, precision {figure(both['precision'])}."
        + _bare(card)
        + _across(card)
        + ("\n\n" + _DISTANT if card["permissive"] else "\n\n" + _PUBLISHED)
    )


def _bare(card: dict[str, Any]) -> str:
    found = card["figures"]["without_handles"]
    if not card["handles"]:
        return ""
    return (
        " Of complaints in which a handle stands, as they are written "
        f"{figure(found['written']['recall'])} are found so, and with it taken out "
        f"{figure(found['bare']['recall'])}; precision {figure(found['written']['precision'])} and "
        f"{figure(found['bare']['precision'])}."
    )


def _tuned(card: dict[str, Any]) -> str:
    """How the encoder came to know complaints, and what the figures of both tiers are worth by it."""
    how = card["tuned"]
    if how is None:
        return ""
    if not how["here"]:
        return (
            "**The encoder had been tuned on these complaints before: the figures of both tiers are no "
            "figures of what it never saw, and too good.** "
        )
    return (
        f"The deep tier's encoder was tuned on complaints in {how['rounds']} rounds, for each fold anew "
        "on the other four and from a start that had seen no complaint's label; the shipped one on all. "
    )


def _tiers(card: dict[str, Any]) -> list[tuple[int, str]]:
    return [(0, "fast"), (1, "both")] if card["deep"] else [(0, "fast")]


def _across(card: dict[str, Any]) -> str:
    found = card["figures"]["across"]
    rows: list[tuple[object, ...]] = [
        (kind, name, *(figure(one[tier]) for tier, _ in _tiers(card)))
        for kind, key in (("the other set alone", "sets"), ("the other domains", "domains"))
        for name, one in found[key].items()
    ]
    if "domains_mean" in found:
        means = found["domains_mean"]
        rows.append(("the other domains", "mean", *(means[tier] for tier, _ in _tiers(card))))
    if not rows:
        return ""
    head = ("learnt from", "tried on", *(said for _, said in _tiers(card)))
    left, here = found.get("left_out", 1), bool(card["tuned"] and card["tuned"]["here"])
    others = "the others" if left == 1 else f"neither it nor up to {left - 1} more, but all others,"
    return (
        "\n\nOn what is new to it, macro-F1 (a domain of the ACL 2019 set is tried by heads that saw "
        f"{others} and the controls of that set"
        + ("; the other set alone by heads over an encoder not tuned on complaints" * here)
        + "):\n\n"
        + _table(head, rows)
    )


_DISTANT = (
    "These labels are distant: irritated Reddit comments and first messages to help desks stand in for "
    "complaints. The figures against labelled complaints are in the last table."
)
_PUBLISHED = (
    "Published on the ACL 2019 posts, each by its own protocol: 79 with features and distant "
    "supervision, 87 to 88 with transformers many times the size."
)


def _slices(card: dict[str, Any]) -> str:
    rows: list[tuple[object, ...]] = [
        (
            f"{kind}: {name}",
            one["rows"],
            one["complaints"],
            figure(one["flagged"]),
            figure(one["recall"]),
            figure(one["precision"]),
        )
        for kind, found in sorted(card["figures"]["slices"].items())
        for name, one in found.items()
    ]
    head = ("slice (lengths in characters)", "rows", "complaints", "flagged", "recall", "precision")
    return "## Slices at the threshold\n\n" + _table(head, rows)


def _reliability(card: dict[str, Any]) -> str:
    found = card["figures"]["reliability"]
    rows: list[tuple[object, ...]] = [
        (bin_["said"], bin_["was"], bin_["rows"]) for bin_ in found["bins"]
    ]
    return (
        f"## Calibration\n\nExpected calibration error out of fold, ten bins of equal mass: "
        f"{found['ece']} points; of the fast tier alone {card['figures']['reliability_fast']['ece']}.\n\n"
        + _table(("said", "was", "rows"), rows)
    )


def _others(card: dict[str, Any]) -> str:
    figures = card["figures"]
    head = ("set", "tiers", "figure", "read deep")
    rows: list[tuple[object, ...]] = [
        (name, tier, figure(one["figure"]), f"{one['deep']} %")
        for name, tiers in sorted(figures["trials"].items())
        for tier, one in sorted(tiers.items())
    ]
    mixed: list[tuple[object, ...]] = [
        (name, *(figure(one[tier]) for tier in ("fast", "deep", "both")))
        for name, one in sorted(figures.get("mixed", {}).items())
    ]
    parts = ["## Other readings\n\n" + _OTHERS + "\n\n" + _table(head, rows)]
    if mixed:
        told = (
            "How far each tier is believed was fitted on four fifths and tried on the fifth; rare answers "
            "count for more, in sentiment until all weigh alike:"
        )
        parts.append(told + "\n\n" + _table(("set", "fast", "deep", "both"), mixed))
    parts.append(_languages(figures["trials"]))
    held: list[tuple[object, ...]] = [
        (name, figure(one["macro_f1"]), one.get("ece", "-"))
        for name, one in sorted(figures["held_out"].items())
    ]
    told = "The fast tier on a tenth of what teaches it, held out:"
    parts.append(told + "\n\n" + _table(("reading", "macro-F1", "ECE"), held))
    return "\n\n".join(part for part in parts if part)


_OTHERS = (
    "Sentiment in macro-recall, the rest (and sentiment in several languages) in macro-F1. Nothing was "
    "learnt from these rows but, of TweetEval's, how far each tier is believed. `unsure`: the deep tier "
    "reads what the policy sends it; `all`: every text in a language that it knows."
)


def _languages(trials: dict[str, Any]) -> str:
    rows: list[tuple[object, ...]] = [
        (lang, *(tiers[name]["parts"][lang] for name in sorted(tiers)))
        for tiers in trials.values()
        for lang in next(iter(tiers.values()))["parts"]
    ]
    names = next(
        (sorted(tiers) for tiers in trials.values() if next(iter(tiers.values()))["parts"]), []
    )
    return "By language, macro-F1:\n\n" + _table(("language", *names), rows) if rows else ""


def _edits(card: dict[str, Any]) -> str:
    tiers = list(next(iter(card["edits"].values()), {}))
    rows: list[tuple[object, ...]] = [
        (name, *(share for tier in tiers for share in found[tier]))
        for name, found in sorted(card["edits"].items())
    ]
    head = ("edit", *(f"{tier}: {what}" for tier in tiers for what in ("complaint", "sentiment")))
    return (
        "## Labels changed by edits that mean nothing\n\nOf 2,000 posts, in percent.\n\n"
        + _table(head, rows)
    )


def _permissive(card: dict[str, Any]) -> str:
    costs = card["permissive_costs"]
    if costs is None:
        return "## Clearly licensed sets alone\n\nToo few were given to train from."
    rows: list[tuple[object, ...]] = []
    figures = {} if card["permissive"] else card["figures"]
    for name, one in sorted(costs.items()):
        if not isinstance(one, dict):
            continue
        if name in figures.get("complaint", {}):
            full = figures["complaint"][name]["macro_f1"][0]
        else:
            full = figures.get("trials", {}).get(name, {}).get("fast", {}).get("figure")
        rows.append((name, figure(full) if full else "-", figure(one["figure"])))
    head = ("fast tier on", "all sets that may train", "clearly licensed alone")
    return (
        "## Clearly licensed sets alone\n\nWhat `--permissive` costs: no clearly licensed set labels "
        "complaints or the sentiment of posts, so both are learnt from emotions of Reddit comments, "
        "and first messages to help desks.\n\n" + _table(head, rows)
    )
