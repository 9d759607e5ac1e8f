"""How common a word is before any post was seen: a guess, replaced by counting as posts pass."""

_TOP = "the to a i and of in is you it for my on"
_NEXT = (
    "that this with have are be me so not but at was we your just all like if they can do from what "
    "no up out get don t s m re u ur when now one go will how about time know day good people new "
    "love an or as by he she his her him them our us there their who has had been would more some "
    "too back today want see need make never lol rt really think still off here got im please help "
    "why again am did over than then even also any only well great right thanks thank work way "
    "el la los las de que y en un una es por con no se lo su para del al le mas como pero me mi si "
    "der die das und ich nicht ist ein eine zu in den mit auf es sie wir ihr im dem von aber auch "
    "le les des et est je pas tu il on vous nous pour dans sur que qui une ce ca au avec mais "
    "o os as um uma da do na no em e eu ele com nao mais voce "
    "di che il non per un si ma ho sono yang dan di ini itu ga aku ada "
    "ne bir bu ve da icin https http www com"
)
_VERY_COMMON, _COMMON = frozenset(_TOP.split()), frozenset(_NEXT.split())
_UNKNOWN = 0.0004
_IDEOGRAPH = 0.01


def prior(word: str) -> float:
    """The part of posts thought to hold a token in normal form."""
    if word in _VERY_COMMON:
        return 0.3
    if word in _COMMON:
        return 0.05
    if len(word) < 3:
        return _IDEOGRAPH
    return _UNKNOWN / max(1, len(word) - 4)
