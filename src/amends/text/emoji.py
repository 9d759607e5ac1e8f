"""Emoji as they lie in a normalised text, which holds no joiners and no selectors."""

import regex

_EMOJI = regex.compile(
    r"\p{Extended_Pictographic}\p{Emoji_Modifier}?|\p{Regional_Indicator}{2}|"
    r"[\p{Regional_Indicator}\p{Emoji_Modifier}]"
)


def emoji(normalised: str) -> list[str]:
    """The pictures of a text that ``normalise`` made, in order, each with its skin tone.

    Pictures that a joiner made one (a family) are several here.
    """
    if normalised.isascii():
        return []
    return _EMOJI.findall(normalised)
