"""Who lives on the demo network, and the words they have. Nobody here exists."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

from amends.terms import Author

BRAND = Author(handle="brindlewing", name="Brindlewing Air", followers=48_200)
"""The company whose care is shown; the demo channel's account."""

COMPETITOR = Author(handle="quorlane", name="Quorlane Airways", followers=61_300)

BRAND_PHRASES = ("brindlewing", "featherpoints", "loftseat", "nestfare")
"""What a first watch looks for: the brand and its products."""

COMPETITOR_PHRASES = ("quorlane",)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the cast. ``patience`` stretches waiting, ``temper`` adds to anger (0 to 2)."""

    handle: str
    name: str
    followers: int
    lang: str = "en"
    patience: float = 1.0
    temper: int = 0


CUSTOMERS = (
    Person("maud_pellerin", "Maud Pellerin", 412, patience=0.8, temper=1),
    Person("osk4r", "Oskar Thune", 88),
    Person("bethanreads", "Bethan Rhys-Orme", 1_940, patience=1.3),
    Person("tobi_on_tour", "Tobi Adewunmi", 9_870, temper=1),
    Person("quietgrace", "Grace Tamsin", 41, patience=1.8),
    Person("harlan.k", "Harlan Kvist", 530, patience=0.7, temper=2),
    Person("dr_inez", "Inez Marchetti-Cole", 2_310),
    Person("pipwalker", "Pip Walker-Sund", 156, patience=1.2),
    Person("ragnhild_o", "Ragnhild Osk", 77),
    Person("sam_and_two_dogs", "Sam Brannigan-Poole", 640, temper=1),
    Person("lowtide", "Marlo Dacre", 23_400, patience=0.9, temper=1),
    Person("yusra_writes", "Yusra Haddon", 5_120),
    Person("keiran1987", "Keiran Loftus-May", 18, patience=0.6, temper=2),
    Person("noor.bakes", "Noor Vandersee", 3_050),
    Person("old_tom_fell", "Tom Fellowes-Gray", 61, patience=1.6),
    Person("juniper.lane", "Juniper Astley", 880),
    Person("femi_runs", "Femi Okonrende", 1_220, patience=0.9),
    Person("anneke_v", "Anneke Vossberg", 305),
    Person("thelma_not_louise", "Thelma Crane-Ito", 14_700, temper=1),
    Person("cgrady", "Colm Gradey", 99, patience=0.8),
    Person("shireen.dev", "Shireen Malouk", 4_410),
    Person("two_suitcases", "Elspeth Morrow-Lind", 270, patience=1.1),
    Person("bigjonno", "Jonno Sprake", 134, patience=0.5, temper=2),
    Person("wren_h", "Wren Hallisey", 690, patience=1.4),
    Person("lucia_del_mar", "Lucía Barandica", 720, "es"),
    Person("pacoviaja", "Paco Larrañeta", 1_480, "es", temper=1),
    Person("irene.qr", "Irene Quirós-Vela", 210, "es", patience=1.3),
    Person("katrin_unterwegs", "Katrin Söllner-Behn", 390, "de"),
    Person("jochen.w", "Jochen Wiesental", 64, "de", patience=0.7, temper=1),
    Person("mirjam_b", "Mirjam Brockstedt", 2_700, "de"),
    Person("camille_en_route", "Camille Desruelles", 1_050, "fr"),
    Person("ybonnard", "Yann Bonnardel", 140, "fr", temper=1),
    Person("soizic_l", "Soizic Le Guellaff", 330, "fr", patience=1.2),
)

BYSTANDERS = (
    Person("platform9bench", "Ida Moorcroft", 7_600),
    Person("gatecrasher_gil", "Gil Tennant-Roe", 31_900, temper=1),
    Person("mo_commutes", "Mo Farrant", 420),
    Person("windowseat_only", "Priya Ellerby", 12_300),
    Person("slowtravel_dot", "Dot Ashgrove", 1_890),
    Person("bertie_b", "Bertie Blackmoor-Vale", 96),
    Person("newsy_nell", "Nell Harcastle", 58_400, temper=1),
    Person("hangar_talk", "Hangar Talk", 18_750),
    Person("sunny_sadiq", "Sadiq Merrow", 510),
    Person("carla.mv", "Carla Montverdi", 2_240),
)

FIRST_NAMES = ("Alma", "Bram", "Cleo", "Dario", "Edda", "Fintan", "Greta", "Hugo", "Ines", "Jarl")
LAST_NAMES = ("Abernook", "Birchall", "Corwen", "Dunmere", "Eskdale", "Farrow", "Glint", "Hollis")
CITIES = ("Aldermouth", "Port Sele", "Vintry", "Calder Bay", "Oskaberg", "Montelara", "Rue-sur-Lac")


def newcomer(number: int, lang: str) -> Person:
    """Somebody invented on the spot, once all of the cast have had a turn."""
    draw = Random(f"newcomer:{lang}:{number}")  # noqa: S311 (a play, no secret)
    first, last = draw.choice(FIRST_NAMES), draw.choice(LAST_NAMES)
    return Person(
        handle=f"{first}{last}{number}".lower(),
        name=f"{first} {last}",
        followers=int(draw.lognormvariate(5.5, 1.4)),
        lang=lang,
        patience=draw.uniform(0.6, 1.6),
        temper=draw.choice((0, 0, 1, 2)),
    )


@cache
def lines() -> dict[str, Any]:
    """All that the cast can say (``lines.toml``)."""
    return tomllib.loads((files(__package__) / "lines.toml").read_text(encoding="utf-8"))


def said(draw: Random, lang: str, kind: str) -> str | None:
    """One of the lines of a kind in a language, or in English where it has none."""
    say = lines()["say"]
    options = say.get(lang, {}).get(kind) or say["en"].get(kind)
    return str(draw.choice(options)) if options else None


def facts(draw: Random) -> dict[str, str]:
    """What fills the braces; the same for the whole of a story."""
    city, city2 = draw.sample(CITIES, 2)
    return {
        "flight": f"BW {draw.randint(104, 989)}",
        "city": city,
        "city2": city2,
        "hours": str(draw.randint(3, 9)),
        "days": str(draw.randint(3, 12)),
        "amount": str(draw.choice((39, 54, 60, 75, 118, 240, 412))),
        "ref": "".join(draw.choice("ABCDEFGHJKLMNPQRSTUVWXYZ23456789") for _ in range(6)),
        "tag": f"BW{draw.randint(100000, 999999)}",
    }
