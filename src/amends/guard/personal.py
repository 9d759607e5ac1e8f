"""Personal data in a text: addresses, numbers and codes that belong to a person."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from amends.guard.page import Page

_OWN_BOX = re.compile(
    r"(?:.*[._-])?(?:care|customer\w*|support|help\w*|info|contact\w*|service\w*|hello|hi|team|press|media"
    r"|feedback|refunds?|baggage|claims?|billing|sales|office|noreply|no-reply|social|web|mail|complaints?"
    r"|reservations?|bookings?|orders?|kundenservice|kontakt|hilfe|ayuda|atencion\w*|contacto|aide|sav"
    r"|suporte|assistenza|klantenservice|reclam\w*|relations?|experience|members?|guest\w*|returns?)(?:[._-].*)?"
)
# "call us on", "our number is": what follows is ours. Read from the end of what stands before.
_OURS = re.compile(
    r"(?:\b(?:us|me|our|here|hotline|helpline|help ?desk|team|desk|line|dial|nos|nous|notre|uns|unter|unsere\w*|nuestr\w*"
    r"|noss[oa]\w*|nostr\w*|ons|onze|ll\u00e1m\w+|llame\w*|ligue|rufen sie|appelez|chiami\w*|bel|numero verde"
    r"|toll[- ]free|freephone|customer (?:care|service|relations)|support|reservations|service|office|store|shop"
    r"|call|ring|phone|text|dial|contact|reach|e-?mail|mail|write(?: to)?)\b[^\n]{0,40})\Z"
)
_THEIRS = re.compile(
    r"\b(?:you|your|yours|his|her|their|u|ihnen|ihre?\w*|dich|dir|deine?\w*|usted|tu|su|sus|te|le|vous|votre|vos|voc\u00ea"
    r"|seu|sua|suo|lei|tuo|jou|jouw|uw|je)\b[^\n]{0,40}\Z"
)
_CARD = re.compile(r"(?<![\w.,/-])\d(?:[ -]?\d){12,18}(?![\w/-])")
_IBAN = re.compile(r"(?<!\w)[a-z]{2}\d{2}(?: ?[a-z0-9]{4}){2,7}(?: ?[a-z0-9]{1,4})?(?!\w)")
_IBANS = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 "
    "DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 "
    "HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 "
    "MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 "
    "RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 "
    "VA22 VG24 XK20 YE30 "
)
_IBAN_LENGTHS = {one[:2]: int(one[2:]) for one in _IBANS.split()}
_PHONE = re.compile(
    r"(?<![\w./#\u20ac$\u00a3-])(?:\+|00)?[(]?\d(?:[\s().\u2011/-]{0,3}\d){6,14}(?![\w%]|[.,]\d)"
)
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?:\D.*)?|\d{4}\s?-\s?\d{4}")
_PHONE_WORD = re.compile(
    r"(?:\b(?:call\w*|phone\w*|ring\w*|tel|telephone|mobile|cell|whatsapp|sms|text\w*|dial\w*|number|reach\w*|anruf\w*|nummer|handy"
    r"|telefon\w*|tel[e\u00e9]fono|llam\w*|m[o\u00f3]vil|appel\w*|t[e\u00e9]l[e\u00e9]phone|num[e\u00e9]ro|telefone|ligar|telemóvel|telefono|cellulare"
    r"|chiam\w*|bel|bellen)\b)[^\n]{0,30}\Z"
)
_KEYWORD = (
    r"(?:booking|reservation|confirmation|pnr|record locator|locator|itinerary|order|parcel|tracking|invoice|e-?ticket"
    r"|customer|client|member(?:ship)?|loyalty|frequent flyer|policy|account|passport|licen[cs]e|contract|baggage file|bag tag"
    r"|file|reserva|localizador|pedido|expediente|factura|contrato|cliente|buchung\w*|bestell\w*|auftrag\w*|vorgang\w*|kunden\w*"
    r"|vertrag\w*|rechnung\w*|sendung\w*|r[e\u00e9]servation|commande|dossier|colis|facture|encomenda|fatura|processo|prenotazione"
    r"|ordine|pratica|boeking\w*|bestelling|ordernummer|dossiernummer|klantnummer)"
)
_KEYWORD_BEGINNINGS = frozenset(word[:4] for word in re.findall(r"[^\W\d_]{3,}", _KEYWORD)) | {
    "rese",
    "rése",
}
_LINK_WORDS = (
    r"(?:(?:[ \t]{1,3}(?:reference|ref\.?|number|no\.?|nr\.?|n\u00famero|numero|num[e\u00e9]ro|nummer|nr|code|c\u00f3digo|id|is|was|for|of|de"
    r"|di|ist|lautet|es|est|\u00e9|\u00e8|with|under|with the|number is|ref))|[ \t]{0,3}[:#=]){0,4}[ \t]{0,3}[#:(]?[ \t]?"
)
_BOOKING = re.compile(
    rf"(?i:\b{_KEYWORD}s?{_LINK_WORDS})(?P<code>(?:[A-Z]{{1,4}}-?)?\d{{4,}}[\dA-Z]*(?:[-/ ]\d{{3,}}){{0,3}}|[A-Z0-9]{{5,8}}|[A-Z0-9]{{2,6}}-[A-Z0-9-]{{3,14}})(?![\w])"
)
_BAG_FILE = re.compile(r"(?<!\w)[A-Z]{5}\d{5}(?!\w)")
_NAMED = r"(?:[A-Z\u00c0-\u00de][\w'\u2019.-]{1,30}[ \t]){1,3}"
_STREET = re.compile(
    rf"\b\d{{1,5}}[a-zA-Z]?,?[ \t]{_NAMED}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Court|Ct|Boulevard|Blvd|Way|Close|Terrace|Square|Place|Crescent|Row|Hill)\b\.?"
    r"|\b[A-Z\u00c4\u00d6\u00dc][\w\u00e4\u00f6\u00fc\u00df-]{2,30}(?:stra\u00dfe|strasse|str\.|gasse|allee|weg|platz|ufer|damm|straat|laan|gracht|plein)[ \t]\d{1,4}[a-zA-Z]?\b"
    r"|\b(?:[Cc]alle|[Aa]venida|[Aa]vda\.?|[Pp]laza|[Pp]aseo|[Rr]ua|[Tt]ravessa|[Vv]ia|[Vv]iale|[Cc]orso|[Pp]iazza)[ \t](?:d[eiao]l?s?[ \t])?(?:[A-Z\u00c0-\u00de][\w'\u2019]{1,30},?[ \t]){1,3}(?:n\.?\u00ba?[ \t]?)?\d{1,4}\b(?!/|\.\d)"
    r"|\b\d{1,4}(?:[ \t]?bis)?,?[ \t](?:[Rr]ue|[Aa]venue|[Bb]oulevard|[Pp]lace|[Cc]hemin|[Aa]ll\u00e9e|[Ii]mpasse)[ \t](?:d[eu]s?[ \t](?:l[ae][ \t])?|de[ \t]l['\u2019])?[A-Z\u00c0-\u00de][\w'\u2019-]{1,30}"
)
_STREET_NAMES = (
    "street st road rd avenue ave lane ln drive dr court ct boulevard blvd way close terrace square "
    "place crescent row hill str calle avenida avda plaza paseo rua travessa via viale corso piazza "
    "rue chemin allée impasse "
)
_STREETS = frozenset(_STREET_NAMES.split())
_STREET_ENDINGS = (
    "strasse",
    "gasse",
    "allee",
    "weg",
    "platz",
    "ufer",
    "damm",
    "straat",
    "laan",
    "gracht",
    "plein",
)
_OUR_PLACE = re.compile(
    r"\b(?:our|the|unser\w*|nuestr\w*|notre|noss\w*|nostr\w*|onze?)[ \t](?:[\w-]{1,20}[ \t]){0,3}?(?:shop|store|office|desk|branch|restaurant|lounge|counter"
    r"|location|studio|hotel|centre|center|depot|warehouse|gesch\u00e4ft|laden|filiale|b\u00fcro|tienda|oficina|magasin|bureau|loja|negozio|ufficio|winkel|kantoor)\b"
    r"|\bvisit us\b|\bwe(?:'re| are) (?:at|in|on)\b",
    re.IGNORECASE,
)


class Shown(NamedTuple):
    """One piece of personal data: its code in ``CODES``, its span in ``page.text``, what may stand
    in its place."""

    code: str
    span: tuple[int, int]
    replacement: str


def personal_data(page: Page, *, own: tuple[str, ...] = (), account: str = "") -> Iterator[Shown]:
    """Personal data shown in a reply. ``own`` are our addresses, domains and numbers, ``account`` our
    handle: what belongs to them is a contact route and no personal data."""
    for start, end in page.mails:
        if not _own_mail(page.folded, start, end, own, account):
            yield Shown("email", page.span(start, end), "[e-mail address]")
    digits = sum(map(str.isdigit, page.read))
    if not digits:
        return
    taken = [page.span(*link) for link in page.links]
    for code, (start, end) in (
        *(_accounts(page) if digits > 9 else ()),
        *_codes(page),
        *_addresses(page),
        *(_phones(page, own) if digits > 6 else ()),
    ):
        if not any(start < b and end > a for a, b in taken):
            taken.append((start, end))
            yield Shown(code, (start, end), _REPLACEMENTS[code])


_REPLACEMENTS = {
    "card": "[card number]",
    "iban": "[bank account]",
    "phone": "[telephone number]",
    "booking": "[number]",
    "address": "[address]",
}


def _own_mail(folded: str, start: int, end: int, own: tuple[str, ...], account: str) -> bool:
    local, _, domain = folded[start:end].rpartition("@")
    ours = [one.casefold().removeprefix("@") for one in own]
    if folded[start:end] in ours or any(
        domain == one or domain.endswith(f".{one}") for one in ours
    ):
        return True
    name = re.sub(r"[^a-z0-9]", "", account.casefold().removeprefix("@").split(".")[0])
    if len(name) > 2 and name in domain.replace("-", ""):
        return True
    return _OWN_BOX.fullmatch(local) is not None


def _accounts(page: Page) -> Iterator[tuple[str, tuple[int, int]]]:
    for found in _IBAN.finditer(page.folded):
        end = _iban_end(page.folded, found.start(), found.end())
        if end and is_iban(page.folded[found.start() : end]):
            yield "iban", page.span(found.start(), end)
    for found in _CARD.finditer(page.folded):
        if is_card(found.group()):
            yield "card", page.span(*found.span())


def _phones(page: Page, own: tuple[str, ...]) -> Iterator[tuple[str, tuple[int, int]]]:
    for found in _PHONE.finditer(page.folded):
        start, end = found.span()
        inside = any(a <= start < b for a, b in page.mails)
        before = page.folded[max(0, start - 80) : start]
        if not inside and _is_shown_phone(before, found.group(), own):
            yield "phone", page.span(start, end)


def is_card(text: str) -> bool:
    """13 to 19 digits that Luhn's sum accepts, the first of which a card network uses."""
    digits = [int(sign) for sign in text if sign.isdigit()]
    if not 13 <= len(digits) <= 19 or digits[0] not in (2, 3, 4, 5, 6) or len(set(digits)) < 3:
        return (
            len(set(digits)) == 2
            and 13 <= len(digits) <= 19
            and digits[0] in (4, 5)
            and _luhn(digits)
        )
    return _luhn(digits)


def _luhn(digits: list[int]) -> bool:
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _iban_end(text: str, start: int, limit: int) -> int:
    """Where an IBAN that begins at ``start`` ends by its country's length; 0 if it is too short."""
    left = _IBAN_LENGTHS.get(text[start : start + 2].upper(), limit)
    for at in range(start, limit):
        left -= text[at].isalnum()
        if left == 0:
            return at + 1
    return 0


def is_iban(text: str) -> bool:
    """A country's code, letters and digits of that country's number, and a remainder by 97 of 1
    (ISO 13616)."""
    plain = text.replace(" ", "").upper()
    if len(plain) != _IBAN_LENGTHS.get(plain[:2]) or not (plain.isascii() and plain.isalnum()):
        return False
    return int("".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])) % 97 == 1


def _is_shown_phone(before: str, number: str, own: tuple[str, ...]) -> bool:
    digits = re.sub(r"\D", "", number)
    if any(
        digits.endswith(re.sub(r"\D", "", one)[-7:])
        for one in own
        if sum(map(str.isdigit, one)) > 6
    ):
        return False
    here = before.rpartition("\n")[2]
    theirs, ours = _THEIRS.search(here), _OURS.search(here)
    said = _PHONE_WORD.search(here) is not None
    kind = phone_kind(number)
    if kind == "none" and not (said and 7 <= len(digits) <= 15 and not _DATE.fullmatch(number)):
        return False
    if kind == "free" or (kind == "loose" and not said and not number.startswith("+")):
        return False
    return theirs is not None or ours is None


@lru_cache(maxsize=4096)
def phone_kind(number: str) -> str:
    """``valid`` somewhere, ``free`` of charge to callers, ``loose`` (a number in some country but
    spelt without its code), or ``none``."""
    if _DATE.fullmatch(number.strip()):
        return "none"
    import phonenumbers  # late: its tables are large, and few texts have digits in them

    kinds = phonenumbers.PhoneNumberType
    for region in (None, "US", "GB", "DE", "ES", "FR", "PT", "IT", "NL", "BR", "MX"):
        try:
            parsed = phonenumbers.parse(number, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(parsed):
            kind = phonenumbers.number_type(parsed)
            if kind in (kinds.TOLL_FREE, kinds.SHARED_COST, kinds.PREMIUM_RATE, kinds.UAN):
                return "free"
            return "valid" if region is None or re.search(r"\d[\s().-]+\d", number) else "loose"
    return "none"


def _codes(page: Page) -> Iterator[tuple[str, tuple[int, int]]]:
    named = any(word[:4] in _KEYWORD_BEGINNINGS for word in page.words)
    for found in _BOOKING.finditer(page.read) if named else ():
        code = found["code"]
        spelled_out = code.isalpha() and (
            len(code) != 6 or not code.isupper() or page.read.isupper()
        )
        if not spelled_out and not _short_number(code):
            yield "booking", found.span("code")
    for found in _BAG_FILE.finditer(page.read):
        yield "booking", found.span()


def _short_number(code: str) -> bool:
    digits = sum(map(str.isdigit, code))
    return code.isdigit() and (digits < 5 or re.fullmatch(r"(?:19|20)\d\d", code) is not None)


def _addresses(page: Page) -> Iterator[tuple[str, tuple[int, int]]]:
    named = any(word in _STREETS or word.endswith(_STREET_ENDINGS) for word in page.words)
    for found in _STREET.finditer(page.read) if named else ():
        before = page.read[max(0, found.start() - 100) : found.start()]
        if not _OUR_PLACE.search(re.split(r"[.!?\n]\s", before)[-1]):
            yield "address", found.span()
