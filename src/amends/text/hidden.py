"""What a text hides, made visible."""

import re

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

# Most posts hold nothing else, and asking each letter for its properties took a twelfth of a page.
_ELSE = re.compile(
    "[^\n\r\t -~\u00a0-\u00ac\u00ae-\u024f\u0370-\u0373\u0390-\u03a1\u03a3-\u03ff\u0400-\u052f"
    "\u2010-\u2027\u2030-\u205e\u20ac\u3001-\u3029\u3041-\u3096\u30a0-\u30ff\u4e00-\u9fff\uac00-\ud7a3]"
)


def mark_hidden(text: str) -> str:
    """The text with invisible and bidirectional controls shown as marks such as ``[U+202E]``.

    What remains on screen is in the order in which it was written, apart from right-to-left
    letters themselves.
    """
    if _ELSE.search(text) is None:
        return text
    return _HIDDEN.sub(lambda found: f"[U+{ord(found.group()):04X}]", text)
