"""What every database keeps."""


def storable(text: str) -> str:
    """The text with U+FFFD for each NUL and lone surrogate; the same object where there are none."""
    if text.isascii():
        return text.replace("\0", "\N{REPLACEMENT CHARACTER}") if "\0" in text else text
    paired = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    cleaned = paired.replace("\0", "\N{REPLACEMENT CHARACTER}")
    return text if cleaned == text else cleaned
