"""What a text hides, made visible."""

import regex

_JOINED = r"[\p{Arabic}\p{Syriac}\p{Mongolian}\p{Devanagari}\p{Bengali}\p{Gurmukhi}\p{Gujarati}"
_JOINED += r"\p{Oriya}\p{Tamil}\p{Telugu}\p{Kannada}\p{Malayalam}\p{Sinhala}\p{Khmer}\p{Myanmar}]"
# Joiners inside emoji and inside scripts that need them, and the selectors after a picture,
# belong to honest writing.
_HONEST = (
    rf"(?<={_JOINED}\p{{M}}*)[\u200c\u200d](?={_JOINED})"
    r"|(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d(?=\p{Extended_Pictographic})"
    r"|(?<=[\p{Emoji}\p{Extended_Pictographic}])[\ufe0e\ufe0f]"
    r"|(?<=\U0001f3f4[\U000e0020-\U000e007f]*)[\U000e0020-\U000e007f]"
)
_HIDDEN = regex.compile(
    rf"(?:{_HONEST})(*SKIP)(*FAIL)|[\p{{Default_Ignorable_Code_Point}}\p{{Cf}}\p{{Cs}}]"
    r"|[[\p{Cc}\u2028\u2029]--[\n\r\t]]",
    regex.VERSION1,
)


def mark_hidden(text: str) -> str:
    """The text with invisible and bidirectional controls shown as marks such as ``[U+202E]``.

    What remains on screen is in the order in which it was written, apart from right-to-left
    letters themselves.
    """
    return _HIDDEN.sub(lambda found: f"[U+{ord(found.group()):04X}]", text)
