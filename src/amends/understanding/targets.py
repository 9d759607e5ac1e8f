"""About whom a feeling is: which of the watched terms it is directed at.

A post is cut into clauses at punctuation and conjunctions. A clause's words of feeling go to the terms
in it, else to the term named last before it, else to one right behind a comma. Phrases that set two
terms against each other ("X is better than Y", "from X to Y", "unlike X") are read first.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from amends.terms import Sentiment
from amends.understanding.lexicon import Span, Spans
from amends.understanding.negation import denied
from amends.understanding.page import Page, fold

_JOINTS = (
    "but|after|while|whereas|although|though|because|until|however|yet|so|then|when|even though|"
    "pero|mientras|aunque|después de que|porque|cuando|mais|tandis que|alors que|après que|parce que|"
    "aber|während|nachdem|sondern|weil|mas|enquanto|depois que|ma|mentre|dopo che|perché|and|y|et|und|e"
)
_BORDER = re.compile(
    rf"(?P<end>\n|[!?\u2026.]+(?=\W|\Z))|(?P<soft>[,;:\u2013\u2014]|\s-+\s)|\b(?P<joint>{_JOINTS})\b"
)
_PHRASE = 3  # what a phrase or a denial weighs in words: the model hears single words best
_WHOLE, _LEAST = 3.0, 0.9  # what the whole post weighs in words, and the least that is a feeling
_CLEAR = 0.7  # probability of a sentiment that is shared by all terms of a post
_MOST_MENTIONS, _MOST_FEELINGS = 40, 60  # that are looked at in one post
_AND = frozenset(("and", "y", "et", "und", "e", "nor", "or"))
_A, _B = "\ue000", "\ue001"
_NAME = rf"[#@]?{_A}(\d+){_B}(?:['\u2019]s)?"
_GAP = r"[^\n;!?]{0,40}?"
_BETTER = (
    r"better|faster|cheaper|nicer|kinder|quicker|friendlier|safer|easier|superior|mejor(?:es)?|meilleure?s?"
    r"|mieux|besser|melhor(?:es)?|miglior[ei]?|meglio|schneller|plus (?:rapide|sympa)|más (?:rápid[oa]|barat[oa])"
)
_WORSE = r"worse|slower|ruder|pire|peor(?:es)?|schlechter|schlimmer|pior(?:es)?|peggio(?:r[ei])?"
_THAN = r"(?:than|to|over|que|als|do que|da|di|de|del|della|a)"


def _gate(words: Sequence[str]) -> tuple[frozenset[str], tuple[str, ...]]:
    """Whole words, and beginnings of others."""
    whole = frozenset(word for word in words if not word.endswith("*"))
    return whole, tuple(word[:-1] for word in words if word.endswith("*"))


# Each with the feelings it shows for the first and the second term in it (0 leaves it open), and with words
# without any of which it never stands.
_RELATIONS = tuple(
    (re.compile(pattern), signs, *_gate(words.split()))
    for pattern, signs, words in (
        (rf"{_NAME}{_GAP}\b(?:{_BETTER})\s{_THAN}(?:\sla|\sel|\so|\sa)?\s(?:\w+\s)?{_NAME}", (1, -1), "better faster cheaper nicer kinder quicker friendlier safer easier superior mejor mejores meilleur meilleure meilleurs meilleures mieux besser melhor melhores miglior migliore migliori meglio schneller plus más"),
        (rf"{_NAME}{_GAP}\b(?:{_WORSE})\s{_THAN}(?:\sla|\sel|\so|\sa)?\s(?:\w+\s)?{_NAME}", (-1, 0), "worse slower ruder pire peor peores schlechter schlimmer pior piores peggio peggior peggiore peggiori"),
        (rf"\b(?:from|de|von|da|desde)\s(?:la\s|a\s)?{_NAME}\s(?:to|a|à|zu|para|pra|ad)\s(?:a\s)?{_NAME}", (-1, 1), "from de von da desde"),
        (rf"\b(?:leaving|left|leave|ditch\w*|dump\w*|dropp\w*|quit\w*|swapped|exchanged)\s{_NAME}\sfor\s{_NAME}", (-1, 1), "leaving left leave ditch* dump* dropp* quit* swapped exchanged"),
        (rf"\b(?:unlike|contrairement à|im gegensatz zu|anders als|a diferencia de|ao contrário d[ao]|a differenza di)\s{_NAME}\W+(?:\w+\s){{0,2}}?{_NAME}", (-1, 1), "unlike contrairement gegensatz anders diferencia contrário differenza"),
        (rf"\b(?:instead of|en vez de|au lieu de|statt|anstatt|em vez d[ao]?|invece di)\s{_NAME}{_GAP}{_NAME}", (-1, 1), "instead vez lieu statt anstatt invece"),
        (rf"\bwhy\s(?:can't|cant|isn't|don't|won't)\s{_NAME}{_GAP}(?:as|like)\s{_NAME}", (-1, 1), "why"),
        (rf"{_NAME}\s(?:should|could|must|needs to)\s(?:really\s)?learn\s(?:\w+\s){{0,3}}from\s{_NAME}", (-1, 1), "learn"),
        (rf"\bprefer\s{_NAME}\s(?:over|to)\s{_NAME}", (1, 0), "prefer"),
        (rf"{_NAME}\s(?:beats|beat|outdoes|crushes|trumps|kills|smokes|destroys)\s{_NAME}", (1, -1), "beats beat outdoes crushes trumps kills smokes destroys"),
        (rf"\b(?:compared|compare|verglichen|comparad[oa]|comparé|rispetto)\s(?:to|with|con|à|mit|a)\s{_NAME}", (-1,), "compared compare verglichen comparado comparada comparé rispetto"),
        (rf"\b(?:no thanks|thanks for nothing)\s(?:to\s)?{_NAME}", (-1,), "thanks"),
        (rf"\b(?:thanks to|thank god for|grâce à|gracias a|graças à|graças a|dank|grazie ad?|saved by|rescued by|helped by)\s{_NAME}", (1,), "thanks thank grâce gracias graças dank grazie saved rescued helped"),
        (rf"\b(?:ruined|lost|broken|cancelled|canceled|stolen|ignored|cheated|scammed|robbed|damaged|insulted|stranded)\sby\s{_NAME}", (-1,), "ruined lost broken cancelled canceled stolen ignored cheated scammed robbed damaged insulted stranded"),
        (rf"\b(?:rescue|save|protect|free)\s(?:me|us)\sfrom\s{_NAME}", (-1,), "rescue save protect free"),
        (rf"\b(?:avoid|boycott|beware of|stay away from)\s{_NAME}", (-1,), "avoid boycott beware stay"),
        (rf"\bto\stry\s{_NAME}|\b(?:go with|choose|try)\s{_NAME}", (1,), "try go choose"),
        (rf"\b(?:not a fan of|tired of|sick of|fed up with|done with)\s{_NAME}", (-1,), "fan tired sick fed done"),
    )
)  # fmt: skip
_ASKING = re.compile(r"(?:does|do|did|is|are|which|who|has|can|will|¿|est-ce|ist|gibt)\b")
_COMPARED = re.compile(rf"\b(?:{_BETTER})\b")


class Watched:
    """Watched terms, each with its spellings. A spelling also answers with ``@`` or ``#`` in front.
    ``named``: a term's name is one of its spellings."""

    def __init__(self, terms: Mapping[str, Sequence[str]], *, named: bool = True) -> None:
        spelled = {
            fold(spelling).strip().lstrip("@#"): name
            for name, spellings in terms.items()
            for spelling in ((name, *spellings) if named else spellings)
        }
        spelled.pop("", None)
        self.names = tuple(terms)
        self._names = spelled
        longest = sorted(spelled, key=len, reverse=True)
        joined = "|".join(re.escape(one) for one in longest)
        self._pattern = re.compile(rf"(?<!\w)(?:{joined})(?!\w)") if longest else None

    def mentions(self, page: Page) -> list[tuple[Span, str]]:
        """Where the terms stand, in order, each with its name; those in links and quotations aside.
        In ``page.flat`` each becomes a word of ``SOMEBODY``, as handles are."""
        if self._pattern is None:
            return []
        found = [
            (hit.span(), self._names[hit.group()])
            for hit in islice(self._pattern.finditer(page.folded), _MOST_MENTIONS)
        ]
        found = [one for one in found if page.flat[one[0][0]] != "\x1f"]
        if found:
            page.put_away([span for span, _ in found])
        return found


class _Clause(NamedTuple):
    start: int
    end: int
    ended_by: str  # "end", "soft" or "joint"


class Feeling(NamedTuple):
    """One feeling directed at a watched term, and where it is said in ``page.flat``."""

    sentiment: Sentiment
    spans: list[Span]


def targets_of(
    page: Page,
    mentions: Sequence[tuple[Span, str]],
    spans: Spans,
    shares: Mapping[str, float],
) -> dict[str, Feeling]:
    """Feelings by the name of the watched term. ``shares`` are the probabilities of the post's
    sentiment as a whole, which weighs in where it names one term only."""
    feelings = _polar(page.flat, spans)
    points: dict[str, list[tuple[int, Span]]] = {}
    used = _related(page, mentions, points)
    clauses = _clauses(page.flat, mentions) if feelings else []
    elsewhere = 0
    for span, sign in feelings:
        if not any(start < span[1] and span[0] < end for start, end in used):
            addressed = _addressed(clauses, span, mentions)
            elsewhere += 0 if addressed else sign
            for name in addressed:
                points.setdefault(name, []).append((sign, span))
    names = dict.fromkeys(name for _, name in mentions)
    if len(names) == 1:
        (name,) = names
        alone = _weighed(points.get(name, []), shares, elsewhere)
        return {name: alone} if alone else {}
    if not points and not elsewhere:
        return _shared(names, shares)
    found = {name: _summed(points[name]) for name in names if name in points}
    if len(names) == 2 and len(found) == 1:
        _set_against(page.flat, found, set(names))
    return found


def _weighed(
    points: Sequence[tuple[int, Span]], shares: Mapping[str, float], elsewhere: int
) -> Feeling | None:
    """The feeling about the only term there is, from the words about it and the post as a whole,
    which weighs little where words about something else explain it."""
    words = max(-4, min(4, sum(sign for sign, _ in points)))
    whole = _WHOLE * (shares["positive"] - shares["negative"])
    if elsewhere * whole > 0:
        whole *= 0.25
    if abs(whole + words) < _LEAST:
        return None
    sentiment: Sentiment = "positive" if whole + words > 0 else "negative"
    return Feeling(sentiment, [span for sign, span in points if (sign > 0) is (whole + words > 0)])


def _shared(names: Iterable[str], shares: Mapping[str, float]) -> dict[str, Feeling]:
    """What a post of many terms and no word of feeling shows, where it shows it clearly: the same
    for each."""
    if shares["positive"] >= _CLEAR:
        return {name: Feeling("positive", []) for name in names}
    if shares["negative"] >= _CLEAR:
        return {name: Feeling("negative", []) for name in names}
    return {}


def _set_against(flat: str, found: dict[str, Feeling], names: set[str]) -> None:
    """ "A, sorry, B is just better" says something of A as well."""
    ((name, feeling),) = found.items()
    if feeling.sentiment == "positive" and any(
        _COMPARED.fullmatch(flat[start:end]) for start, end in feeling.spans
    ):
        (other,) = names - {name}
        found[other] = Feeling("negative", feeling.spans)


def _polar(flat: str, spans: Spans) -> list[tuple[Span, int]]:
    """Words of feeling with their signs, longer phrases before what lies in them, denials turned."""
    hits = [
        (span, sign)
        for name, sign in (("good", 1), ("bad", -1))
        for span in spans.get(f"feeling.{name}", [])
    ]
    hits.sort(key=lambda hit: (hit[0][0] - hit[0][1], hit[0][0], hit[1]))
    kept: list[tuple[Span, int]] = []
    for span, sign in hits[:_MOST_FEELINGS]:
        if any(span[0] < end and start < span[1] for (start, end), _ in kept):
            continue
        kept.append((span, sign * _weight(flat, span)))
    return sorted(kept)


def _weight(flat: str, span: Span) -> int:
    """What a word or a phrase of feeling counts for, below zero where it is denied."""
    if " " in flat[span[0] : span[1]]:
        return _PHRASE
    return -_PHRASE if denied(flat, *span, near=4) else 1


def _related(
    page: Page, mentions: Sequence[tuple[Span, str]], points: dict[str, list[tuple[int, Span]]]
) -> list[Span]:
    """What phrases that set terms against each other say; returns the spans they cover."""
    said = frozenset(page.words)
    relations = [
        (pattern, signs)
        for pattern, signs, words, beginnings in _RELATIONS
        if not words.isdisjoint(said) or any(map(page.flat.__contains__, beginnings))
    ]
    if not relations:
        return []
    marked, places = _marked(page.flat, mentions)
    used: list[Span] = []
    for pattern, signs in relations:
        for hit in pattern.finditer(marked):
            numbers = [int(one) for one in hit.groups() if one is not None]
            sentence = marked[: hit.start()].rpartition("\n")[2].lstrip()
            if (
                len(signs) == 2
                and _ASKING.match(sentence or hit.group())
                and "?" in marked[hit.end() :][:40]
            ):
                used.append(_original(hit, places))
                continue
            covered = _original(hit, places)
            if any(start < covered[1] and covered[0] < end for start, end in used):
                continue
            used.append(covered)
            for number, sign in zip(numbers, signs, strict=False):
                if sign:
                    points.setdefault(mentions[number][1], []).append((sign * 2, covered))
    return used


def _marked(flat: str, mentions: Sequence[tuple[Span, str]]) -> tuple[str, list[int]]:
    """The text with each mention as its number, and for each of its code points where it was."""
    parts: list[str] = []
    places: list[int] = []
    at = 0
    for number, ((start, end), _) in enumerate(mentions):
        begin = start - 1 if start > at and flat[start - 1] in "@#\ua66e" else start
        sign = f"{_A}{number}{_B}"
        parts += (flat[at:begin], sign)
        places += [*range(at, begin), *[start] * (len(sign) - 1), end - 1]
        at = end
    parts.append(flat[at:])
    places += range(at, len(flat))
    return "".join(parts), places


def _original(hit: re.Match[str], places: list[int]) -> Span:
    return places[hit.start()], places[hit.end() - 1] + 1


def _addressed(
    clauses: Sequence[_Clause], span: Span, mentions: Sequence[tuple[Span, str]]
) -> list[str]:
    """The terms that words at ``span`` are about."""
    at = next((i for i, one in enumerate(clauses) if one.start <= span[0] < one.end), None)
    if at is None:
        return []
    within = _named(mentions, clauses[at])
    if within:
        return within
    for before in range(at - 1, -1, -1):
        found = _named(mentions, clauses[before])
        if found:
            return found[-1:]
    if clauses[at].ended_by == "soft" and at + 1 < len(clauses):
        return _named(mentions, clauses[at + 1])
    return []


def _named(mentions: Sequence[tuple[Span, str]], clause: _Clause) -> list[str]:
    return [name for (start, _), name in mentions if clause.start <= start < clause.end]


def _clauses(flat: str, mentions: Sequence[tuple[Span, str]]) -> list[_Clause]:
    found: list[_Clause] = []
    start = 0
    for border in _BORDER.finditer(flat):
        kind = str(border.lastgroup)
        if any(first <= border.start() < last for (first, last), _ in mentions):
            continue
        if (border["joint"] in _AND or kind == "soft") and _only_names(
            flat, start, border.start(), mentions
        ):
            continue
        found.append(_Clause(start, border.end() if kind != "joint" else border.start(), kind))
        start = border.end() if kind != "joint" else border.start()
    found.append(_Clause(start, len(flat) + 1, "end"))
    return found


def _only_names(flat: str, start: int, end: int, mentions: Sequence[tuple[Span, str]]) -> bool:
    """Nothing but terms stands there, as in "Acme and Zenith are slow"."""
    inside = [span for span, _ in mentions if start <= span[0] and span[1] <= end]
    if not inside:
        return False
    rest = flat[start : inside[0][0]] + flat[inside[-1][1] : end]
    return not any(map(str.isalnum, rest.replace("neither", "").replace("both", "")))


def _summed(points: list[tuple[int, Span]]) -> Feeling:
    total = sum(sign for sign, _ in points) or points[-1][0]
    sentiment: Sentiment = "positive" if total > 0 else "negative"
    return Feeling(sentiment, [span for sign, span in points if (sign > 0) is (total > 0)])
