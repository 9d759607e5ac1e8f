"""Languages that ``lang:`` knows, by their BCP 47 tags."""

_TWO = (
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da "
    "de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy "
    "hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg "
    "li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or "
    "os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw "
    "ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
# What networks use beyond the two-letter codes; the last row says what a text is instead.
_THREE = (
    "ast ceb chr ckb cnr csb fil gsw haw hmn hsb dsb jbo kab ldn lfn mai mni nan nds nap pap pdc "
    "sco sma smj szl tok vai xal yue zba zgh "
    "und zxx art mul qam qct qht qme qst"
)
_OLD = {"iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "fil": "tl"}

LANGUAGES = frozenset(_TWO.split()) | frozenset(_THREE.split())

_X = (
    "am ar bg bn bo bs ca ckb cs cy da de dv el en es et eu fa fi fr gu hi hr ht hu hy is it ja ka "
    "km kn ko lo lt lv ml mr my ne nl no or pa pl ps pt ro ru sd si sk sl sr sv ta te th tl tr ug "
    "uk und ur vi zh-CN zh-TW"
)
_ON_X = {tag.lower(): tag for tag in _X.split()} | {"he": "iw", "id": "in", "nb": "no", "nn": "no"}


def canonical_language(tag: str) -> str | None:
    """The tag in small letters with today's code for old ones; None where nobody knows it."""
    first, *rest = tag.lower().replace("_", "-").split("-")
    first = _OLD.get(first, first)
    if first not in LANGUAGES or not all(part.isalnum() and part.isascii() for part in rest):
        return None
    return "-".join([first, *rest])


def speaks(tag: str | None, wanted: str) -> bool:
    """Whether a post's tag is ``wanted`` (canonical) or a kind of it: en-GB is en."""
    if not tag:
        return wanted == "und"
    first, *rest = tag.lower().replace("_", "-").split("-")
    said = "-".join([_OLD.get(first, first), *rest])
    return said == wanted or said.startswith(wanted + "-")


def on_x(tag: str) -> tuple[str, bool]:
    """X's code for a canonical tag ("" where it has none), and whether it means no more than it."""
    if tag in _ON_X:
        return _ON_X[tag], tag not in ("nb", "nn")
    return _ON_X.get(tag.partition("-")[0], ""), False
