"""Times that a reply names, in seven languages: "by 6 pm", "bis Freitag", "dentro de 24 horas"."""

import re
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Final, NamedTuple

_NUMBERS: Final = {
    word: number
    for number, words in {
        1: "a an one the ein eine einer einem eines un una uno une um uma een één un'",
        2: "two couple zwei dos deux due dois duas twee",
        3: "three drei tres trois tre três drie",
        4: "four vier cuatro quatre quattro quatro",
        5: "five fünf cinco cinq cinque vijf",
        6: "six sechs seis sei zes",
        7: "seven sieben siete sept sette sete zeven",
        8: "eight acht ocho huit otto oito",
        10: "ten zehn diez dix dieci dez tien",
        12: "twelve zwölf doce douze dodici doze twaalf",
        24: "twenty-four",
        48: "forty-eight",
    }.items()
    for word in words.split()
}
_UNITS: Final = {
    word: unit
    for unit, words in {
        timedelta(minutes=1): "minute minutes min mins minuten minuto minutos minuti minuut",
        timedelta(
            hours=1
        ): "hour hours hr hrs h stunde stunden std hora horas heure heures ora ore uur uren",
        timedelta(
            days=1
        ): "day days tag tage tagen día días dia dias jour jours giorno giorni dag dagen",
        timedelta(
            weeks=1
        ): "week weeks woche wochen semana semanas semaine semaines settimana settimane weken",
    }.items()
    for word in words.split()
}
_DAYS: Final = {
    word: number
    for number, words in enumerate(
        (
            "monday montag lunes lundi lunedì lunedi segunda segunda-feira maandag",
            "tuesday dienstag martes mardi martedì martedi terça terça-feira dinsdag",
            "wednesday mittwoch miércoles miercoles mercredi mercoledì quarta quarta-feira woensdag",
            "thursday donnerstag jueves jeudi giovedì giovedi quinta quinta-feira donderdag",
            "friday freitag viernes vendredi venerdì venerdi sexta sexta-feira vrijdag",
            "saturday samstag sonnabend sábado sabado samedi sabato zaterdag",
            "sunday sonntag domingo dimanche domenica zondag",
        )
    )
    for word in words.split()
}
_TODAY: Final = {
    word: last
    for last, words in {
        time(
            12, 0
        ): "this morning|heute vormittag|esta mañana|ce matin|stamattina|esta manhã|vanochtend",
        time(
            18, 0
        ): "this afternoon|heute nachmittag|esta tarde|cet après-midi|questo pomeriggio|vanmiddag",
        time(
            23, 59
        ): "today|tonight|this evening|heute abend|heute|hoy|esta noche|aujourd'hui|ce soir|oggi|stasera"
        "|hoje|esta noite|vandaag|vanavond",
    }.items()
    for word in words.split("|")
}
_TOMORROW: Final = "tomorrow|morgen|mañana|demain|domani|amanhã"
_NEXT_WEEK: Final = (
    "next week|nächste woche|nächster woche|la semana que viene|la semaine prochaine"
    "|la prossima settimana|la settimana prossima|na próxima semana|volgende week"
)


def _any(words: object) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))  # type: ignore[call-overload]


_WORKING: Final = r"(?:working |business |werk|arbeits|lavorativi |hábiles |ouvrés |úteis |werk)?"
_SPAN = re.compile(
    rf"\b(?:within|in|innerhalb(?: von)?|binnen|dentro de|en|em|sous|dans|entro|tra|fra|over)"
    rf"(?: (?:the )?(?:next|nächsten|próximas|próximos|prochaines|prochains|prossime|komende|den|die|las|los|les|le))*"
    rf" (?P<number>\d{{1,3}}|{_any(_NUMBERS)})[ -]?(?P<working>working |business |werk|arbeits)?"
    rf"(?P<unit>{_any(_UNITS)})(?P<behind> (?:hábiles|laborables|ouvrés|ouvrables|lavorativi|úteis))?\b"
)
_CLOCK = re.compile(
    r"\b(?:by|before|at|until|till|no later than|bis|um|vor|spätestens|a las|antes de las|à|avant|alle|entro le|prima delle"
    r"|às|até às|antes das|om|voor|tegen) (?:(?P<noon>noon|midday|mittag|mediodía|midi|mezzogiorno|meio-dia)"
    r"|(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d\d))?(?P<half> ?(?:am|pm|a\.m\.|p\.m\.))?(?P<mark> ?(?:uhr|h|uur|horas|heures|o'clock))?)(?![\w:%€$£])"
)
_DAY = re.compile(rf"\b(?P<day>{_any(_DAYS)})\b")
_TODAY_SAID = re.compile(rf"\b(?P<today>{_any(_TODAY)})\b")
_TOMORROW_SAID = re.compile(rf"\b(?:{_TOMORROW})\b")
_WEEK_SAID = re.compile(rf"\b(?:{_NEXT_WEEK})\b")
_LAST: Final = time(23, 59)


class When(NamedTuple):
    """A time that is named: its span in the folded text, and the words."""

    start: int
    end: int
    words: str


def times_in(folded: str) -> Iterator[When]:
    """The times named in a text that is folded as ``amends.text.normalise`` does."""
    for pattern in (_SPAN, _CLOCK, _DAY, _TODAY_SAID, _TOMORROW_SAID, _WEEK_SAID):
        for found in pattern.finditer(folded):
            yield When(found.start(), found.end(), found.group())


def due_of(folded: str, now: datetime) -> datetime | None:
    """When what is said is over, the latest moment that it allows, in ``now``'s zone.

    None where no time to come is named. A day and an hour of it belong together; an hour alone is
    the next such hour, of a half that is not said the one in which people work.
    """
    if (span := _SPAN.search(folded)) is not None:
        return _after(span, now)
    day, last = _day_said(folded, now)
    clock = _CLOCK.search(folded)
    if clock is not None:
        return _at(clock, day, now)
    if day is None:
        return None
    due = day.replace(hour=last.hour, minute=last.minute, second=0, microsecond=0)
    return due if due > now else day.replace(hour=23, minute=59, second=0, microsecond=0)


def _after(span: re.Match[str], now: datetime) -> datetime:
    said = span["number"]
    count = int(said) if said.isdigit() else _NUMBERS[said]
    unit = _UNITS[span["unit"]]
    if not (span["working"] or span["behind"]):
        return now + count * unit
    due = now
    while count > 0:
        due += timedelta(days=1)
        count -= due.weekday() < 5
    return due


def _day_said(folded: str, now: datetime) -> tuple[datetime | None, time]:
    if (day := _DAY.search(folded)) is not None:
        ahead = (_DAYS[day["day"]] - now.weekday()) % 7 or 7
        return now + timedelta(days=ahead), _LAST
    if (today := _TODAY_SAID.search(folded)) is not None:
        return now, _TODAY[today["today"]]
    if _TOMORROW_SAID.search(folded):
        return now + timedelta(days=1), _LAST
    if _WEEK_SAID.search(folded):
        return now + timedelta(days=13 - now.weekday()), _LAST
    return None, _LAST


def _at(clock: re.Match[str], day: datetime | None, now: datetime) -> datetime | None:
    hour = 12 if clock["noon"] else int(clock["hour"])
    minute = int(clock["minute"] or 0)
    if hour > 24 or minute > 59:
        return None
    half = (clock["half"] or "").replace(".", "").strip()
    open_half = not half and hour < 8 and not clock["mark"] and not clock["minute"]
    if (half == "pm" and hour < 12) or open_half:
        hour += 12
    elif half == "am" and hour == 12:
        hour = 0
    due = (day or now).replace(hour=hour % 24, minute=minute, second=0, microsecond=0)
    if hour == 24:
        due += timedelta(days=1)
    return due if due > now else due + timedelta(days=1) if day is None else None
