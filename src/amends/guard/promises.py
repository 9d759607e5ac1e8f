"""Promises and remedies (R41): what a reply gives away, and by when."""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from amends.guard.page import Page
from amends.guard.phrases import Spans, load_phrases
from amends.guard.times import times_in
from amends.guard.writing import Writing

_NUMBER = r"\d{1,3}(?:[.,\u00a0 ]\d{3}){1,3}(?:[.,]\d{1,2})?|\d{1,9}(?:[.,]\d{1,2})?"
_SIGNS = {
    "$": "USD",
    "us$": "USD",
    "\u20ac": "EUR",
    "\u00a3": "GBP",
    "\u00a5": "JPY",
    "r$": "BRL",
    "\u20b9": "INR",
}
_NAMES = {
    "dollar": "USD", "dollars": "USD", "usd": "USD", "bucks": "USD", "euro": "EUR", "euros": "EUR", "eur": "EUR",
    "pound": "GBP", "pounds": "GBP", "gbp": "GBP", "quid": "GBP", "chf": "CHF", "franken": "CHF", "reais": "BRL", "yen": "JPY",
    "miles": "miles", "meilen": "miles", "millas": "miles", "milhas": "miles", "miglia": "miles", "mijlen": "miles",
    "points": "points", "punkte": "points", "puntos": "points", "pontos": "points", "punti": "points", "punten": "points",
}  # fmt: skip
_AMOUNT = re.compile(
    rf"(?<![\w.,])(?:(?P<sign>us\$|r\$|[$\u20ac\u00a3\u00a5\u20b9])[ \u00a0]?(?P<after>{_NUMBER})"
    rf"|(?P<before>{_NUMBER})[ \u00a0]?(?:(?P<name>{'|'.join(sorted(_NAMES, key=len, reverse=True))})\b|(?P<behind>[$\u20ac\u00a3])))(?![\d])"
)


# Who speaks for us says what will be done: by the verb's person and time, in seven languages.
_COMMITS = re.compile(
    r"\b(?:(?:i|we)(?:'ll| will| shall)|(?:i'm|i am|we're|we are) (?:\w+ )?\w{2,}ing|(?:you'll|you will) (?:hear|have|get|receive)"
    r"|(?:ich|wir) (?:melden?|schreiben?|rufen?|schicken?|senden?|klären?|prüfen?|buchen?|erstatten?|geben?|bringen?|überweisen?|kümmern?|werden?)"
    r"|(?:sie|du|ihr) (?:hören|hörst|bekommen|bekommst|erhalten|erhältst)"
    r"|(?:te|le|os|les|se lo) (?:escrib|llam|envi|enví|avis|devolv|devuelv|reembols|mand|inform|respond|contact)\w*"
    r"|(?:escribir|llamar|enviar|avisar|volver|reembolsar)(?:é|emos)|recibir(?:ás|á)"
    r"|(?:je|nous) (?:vous |t'|te |l')?(?:écri|rappel|appel|envoi|envoy|rembours|répond|revien|contact|vérifi)\w*|vous (?:recevrez|aurez)"
    r"|(?:ti|le|vi) (?:scriv|chiam|mand|invi|rispond|rimbors|aggiorn|contatt)\w*|(?:scriver|chiamer|invier)ò|ricever(?:à|ai)"
    r"|(?:escrevo|ligo|envio|respondo|devolvo|reembolso|aviso|receberá)|(?:vou|vamos) \w{2,}r"
    r"|(?:ik|we|wij) (?:bel|schrijf|stuur|mail|meld|betaal|zoek|bellen|schrijven|sturen|laten|laat|zal|zullen)|(?:u|je) (?:hoort|krijgt|ontvangt))\b"
)
_SENTENCE = re.compile(r"[^\n]+")


class Promise(NamedTuple):
    """What a reply commits us to. ``amount`` is in ``currency`` (ISO 4217, ``miles`` or ``points``);
    both are empty for a deed. ``span`` is code points of the text, ``words`` what stands there.
    ``when`` is what names its time, folded: see ``times.due_of``; empty where none is named."""

    kind: Literal["amount", "deed"]
    words: str
    span: tuple[int, int]
    amount: float | None = None
    currency: str = ""
    when: str = ""


def promises(reply: str) -> list[Promise]:
    """Amounts that a reply gives and deeds it announces with a time, in the order they stand."""
    page = Page(reply)
    phrases = load_phrases()
    found = promises_in(page, phrases.find(page, phrases.held(page)))
    sentences = list(_announced(page))
    inside = [one.span for one in sentences]
    others = [
        one
        for one in found
        if one.kind == "amount" or not any(_within(one.span, s) for s in inside)
    ]
    return sorted([*sentences, *others], key=lambda one: one.span)


def _announced(page: Page) -> Iterator[Promise]:
    """Sentences in which we say what we do, from there to the last time that they name."""
    for sentence in _SENTENCE.finditer(page.flat):
        commits = [found.span() for found in _COMMITS.finditer(sentence.group())]
        times = list(times_in(sentence.group())) if commits else []
        if times:
            first = min(one.start for one in times)
            start = max((one[0] for one in commits if one[0] <= first), default=first)
            end = max(commits[0][1], *(one.end for one in times))
            made = _promise("deed", page, sentence.start() + start, sentence.start() + end)
            yield made._replace(when=sentence.group()[start:end])


def _within(inner: tuple[int, int], outer: tuple[int, int]) -> bool:
    return inner[0] >= outer[0] and inner[0] < outer[1]


def promises_in(page: Page, said: Spans) -> list[Promise]:
    """The same for a reply that was read already."""
    deeds = [_promise("deed", page, start, end) for start, end in said.get("promise", ())]
    return sorted([*deeds, *(_given(page) if "remedy_here" in said else ())], key=lambda p: p.span)


def _given(page: Page) -> list[Promise]:
    found = []
    for hit in _AMOUNT.finditer(page.folded):
        amount = amount_of(hit["after"] or hit["before"])
        currency = _SIGNS.get(hit["sign"] or hit["behind"] or "") or _NAMES.get(
            hit["name"] or "", ""
        )
        found.append(_promise("amount", page, *hit.span(), amount=amount, currency=currency))
    return found


def _promise(
    kind: Literal["amount", "deed"],
    page: Page,
    start: int,
    end: int,
    amount: float | None = None,
    currency: str = "",
) -> Promise:
    span = page.span(start, end)
    return Promise(kind, page.text[slice(*span)], span, amount, currency)


def amount_of(number: str) -> float:
    """``1,234.50`` and ``1.234,50`` alike: the last mark with one or two digits behind is decimal."""
    plain = re.sub(r"[\u00a0 ]", "", number)
    found = re.fullmatch(r"(.*?)(?:[.,](\d{1,2}))?", plain)
    whole, cents = (found[1], found[2]) if found else (plain, None)
    return float(re.sub(r"\D", "", whole) or 0) + (float(f"0.{cents}") if cents else 0.0)


def check_promises(writing: Writing) -> None:
    said, facts = writing.said, writing.facts
    if "absolute_promise" in said:
        writing.add_said("absolute_promise")
    found = promises_in(writing.page, said)
    for promise in found:
        over = facts.authority is not None and (promise.amount or 0) > facts.authority
        money = promise.currency not in ("miles", "points")
        if promise.kind == "amount" and over and money:
            reason = (
                f"This promises {promise.words}, more than the {facts.authority:g} you may give."
            )
            writing.add("over_authority", promise.span, reason=reason)
        else:
            writing.add("promise", promise.span)
    if facts.public and "remedy_here" in said:
        writing.add_said("public_remedy", "remedy_here")
