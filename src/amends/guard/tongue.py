"""Which language a reply and a complaint are in, as far as a mix-up goes.

By function words alone, for the languages that are often mixed up on screen, and by script. It says
nothing rather than guess: a wrong answer would hold up a good reply.
"""

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from itertools import chain

_FUNCTION_WORDS = {
    "en": "the and you your for with that this have has are was were been from our will what when please would could which their there they them but not can his her had who how of to is it we in on be at me my i'm it's we're you're don't any about sorry thank thanks so if all out up just get got do did",
    "es": "el los las una para con por que del como pero muy sus esta este est\u00e1 usted ustedes gracias hemos puede nos lo siento favor su al cuando donde m\u00e1s tambi\u00e9n hola sobre le te y en es ha si ya desde hasta porque sin nadie llevo mi mis tu qu\u00e9 fue son eso esto ser",
    "de": "der die das und ist nicht mit ein eine einen f\u00fcr auf sie wir ihr ihre ihren ihnen uns von dem den bitte auch wenn dass k\u00f6nnen haben wird werden war wie oder aber noch nur bei nach aus zum zur sich hat sind es ich mir mich keiner nie wieder im am so was tut leid danke",
    "fr": "le les une des pour avec est vous nous votre vos que qui dans sur pas sont \u00eates merci du au aux plus mais cette notre nos je suis avez \u00e0 et ce si par en ne il elle on ma mon mes la c'est d'avoir personne tr\u00e8s bien bonjour",
    "pt": "os uma para com por que dos das n\u00e3o voc\u00ea voc\u00eas seu sua muito obrigado obrigada est\u00e1 mas mais como quando tamb\u00e9m nos no na em por favor pela pelo do da ao ser foi ol\u00e1 isso este esta minha meu j\u00e1 ningu\u00e9m e se lhe",
    "it": "il gli una per con che della delle del sono non ci scusiamo grazie pi\u00f9 questo questa come anche suo sua abbiamo nostro nella lo mi ha e di \u00e8 ma se dal alla dei nel mio mia nessuno siamo pu\u00f2 le in",
    "nl": "het een van voor met niet dat zijn wij ons uw jouw je u bij ook maar wordt worden kunnen hebben heeft dan wat hoe naar uit nog graag bedankt ik is op de en dit deze aan er kan niemand mijn als om te wel geen jullie",
    "sv": "och att det som f\u00f6r inte med \u00e4r vi du din har till p\u00e5 kan om oss s\u00e5 ett en av er vad jag tack hej d\u00e5",
    "da": "og at det som for ikke med er vi du din har til p\u00e5 kan om os s\u00e5 et en af jer hvad jeg tak hej den",
    "pl": "nie jest się na z do to w i że za przepraszam proszę dziękujemy jak od czy o po tak pan pani mi mnie",
    "tr": "bir ve bu için ile çok size bizim olarak değil var da de ne mi gibi daha",
}
_SETS = {language: frozenset(words.split()) for language, words in _FUNCTION_WORDS.items()}
_BY_WORD: dict[str, tuple[str, ...]] = {
    word: tuple(language for language, words in _SETS.items() if word in words)
    for word in frozenset().union(*_SETS.values())
}
_KNOWN = _BY_WORD.__contains__
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_STRANGE = re.compile(r"[\u0370-\u1dff\u2c80-\uabff]")
_SCRIPTS = (
    "CYRILLIC", "CJK", "HIRAGANA", "KATAKANA", "HANGUL", "ARABIC", "HEBREW", "THAI", "GREEK", "DEVANAGARI", "BENGALI", "TAMIL",
)  # fmt: skip
_NEIGHBOURS = (
    frozenset({"sv", "da"}),
    frozenset({"es", "pt"}),
    frozenset({"CJK", "HIRAGANA", "KATAKANA"}),
)
FEWEST_LETTERS = 12


@lru_cache(maxsize=256)
def tongue(text: str) -> str | None:
    """A language, or a script other than Latin; None where it is not plain. ``text`` is folded."""
    return tongue_of(text, _WORD.findall(text))


def tongue_of(text: str, words: list[str]) -> str | None:
    """The same for a text whose words are known already."""
    script = _script(text)
    if script is not None:
        return script
    counts = Counter(chain.from_iterable(map(_BY_WORD.__getitem__, filter(_KNOWN, words))))
    if not counts:
        return None
    first = max(counts, key=counts.__getitem__)
    most = counts.pop(first)
    second = max(counts.values(), default=0)
    sure = most >= 3 and most >= 2 * second and most * 5 >= len(words)
    return first if sure else None


def mixed_up(there: str | None, here: str | None) -> bool:
    """Two languages are plainly not the same."""
    if there is None or here is None or there == here:
        return False
    return not any({there, here} <= close for close in _NEIGHBOURS)


def _script(text: str) -> str | None:
    if text.isascii() or not _STRANGE.search(text):
        return None
    letters = [sign for sign in text[:2000] if sign.isalpha()]
    strange = [sign for sign in letters if ord(sign) > 0x36F]
    if len(strange) * 2 < max(6, len(letters)):
        return None
    names = Counter(unicodedata.name(sign, "").split(" ")[0] for sign in strange)
    script, count = names.most_common(1)[0]
    return script if script in _SCRIPTS and count * 2 >= len(strange) else None
