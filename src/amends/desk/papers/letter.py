"""A letter as a PDF: the same words give the same bytes, in a font that is put into the file."""

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

from amends.terms import BadInput

SHIPPED: Final = Path(__file__).parent / "fonts" / "DejaVuSans.ttf"
# Scripts whose letters join or change places: drawn letter by letter they would be wrong.
_JOINED: Final = ((0x0900, 0x0DFF), (0x0F00, 0x109F), (0x1780, 0x17FF), (0xA800, 0xABFF))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What stands in a letter. Each text may have several lines."""

    sender: str
    recipient: str
    address: str
    dated: date
    subject: str
    body: str
    signer: str


def check_signs(sheet: Sheet, font: str = "") -> None:
    """Raise ``BadInput`` that names the first sign which the font cannot show as it should be."""
    known = _font(font).face.charToGlyph
    texts = (sheet.sender, sheet.recipient, sheet.address, sheet.subject, sheet.body, sheet.signer)
    for sign in "".join(_clean(text) for text in texts):
        joined = unicodedata.bidirectional(sign) in {"R", "AL"} or any(
            first <= ord(sign) <= last for first, last in _JOINED
        )
        if joined:
            raise BadInput(
                f"“{sign}” belongs to a script whose letters are joined or run from right to left, which"
                " letters cannot be set in. Write this letter elsewhere, and note that it was sent."
            )
        if ord(sign) not in known and not sign.isspace():
            name = unicodedata.name(sign, f"U+{ord(sign):04X}").lower()
            raise BadInput(
                f"The letter's font has no sign for “{sign}” ({name}). Write it otherwise, or give the"
                " desk a font that has it: AMENDS_LETTER_FONT."
            )


def letter_pdf(sheet: Sheet, font: str = "") -> bytes:
    """The letter on A4. ``font``: a TrueType file in place of the shipped one. Raises ``BadInput``."""
    from reportlab.lib.pagesizes import A4  # late: it takes as long as the rest of the desk
    from reportlab.lib.units import mm
    from reportlab.platypus import SimpleDocTemplate

    check_signs(sheet, font)
    made = BytesIO()
    document = SimpleDocTemplate(
        made,
        pagesize=A4,
        leftMargin=25 * mm,
        rightMargin=25 * mm,
        topMargin=25 * mm,
        bottomMargin=25 * mm,
        title=_clean(sheet.subject),
        author=_clean(sheet.sender),
        subject="",
        creator="Amends",
        invariant=1,
    )
    document.build(_flow(sheet, _font(font).fontName))
    return made.getvalue()


def _flow(sheet: Sheet, font: str) -> list[Any]:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import KeepTogether, Paragraph, Spacer

    def style(size: float = 10.5, after: float = 0) -> Any:
        wrap = "CJK" if _has_wide(sheet.body) else None
        return ParagraphStyle(
            "letter", fontName=font, fontSize=size, leading=size * 1.45, spaceAfter=after, wordWrap=wrap
        )  # fmt: skip

    to = [sheet.recipient, *sheet.address.splitlines()]
    parts: list[Any] = [Paragraph(_marked(sheet.sender), style(13, 24))]
    parts += [Paragraph(_marked(line), style()) for line in to if line.strip()]
    parts += [Spacer(1, 22), Paragraph(f"{sheet.dated:%-d %B %Y}", style(10.5, 18))]
    parts.append(Paragraph(_marked(sheet.subject), style(12, 14)))
    blocks = [block for block in _clean(sheet.body).split("\n\n") if block.strip()]
    parts += [Paragraph(_marked(block.strip()), style(10.5, 9)) for block in blocks]
    signed = [Spacer(1, 30), *(Paragraph(_marked(s), style()) for s in sheet.signer.splitlines())]
    return [*parts, KeepTogether(signed)]


def _marked(text: str) -> str:
    """As ReportLab reads text: nothing that was typed is markup."""
    return escape(_clean(text)).replace("\n", "<br/>")


def _clean(text: str) -> str:
    """Composed, with lines that end alike and nothing that has no look at all."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", " "))
    return "".join(
        s for s in text if s == "\n" or unicodedata.category(s) not in {"Cc", "Cf", "Cs", "Co"}
    )


def _has_wide(text: str) -> bool:
    return any(unicodedata.east_asian_width(sign) in "WF" for sign in text)


@cache
def _font(path: str) -> Any:
    """The font, read once. Raises ``BadInput`` where it cannot be."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFError, TTFont

    file = Path(path) if path else SHIPPED
    name = f"Letter{hashlib.sha256(str(file).encode()).hexdigest()[:8]}"
    try:
        found = TTFont(name, str(file))
    except (TTFError, OSError) as error:
        raise BadInput(
            f"AMENDS_LETTER_FONT names {file}, which is no TrueType font that can be read. Leave it"
            " empty for the shipped one."
        ) from error
    pdfmetrics.registerFont(found)
    return found


def fingerprint(pdf: bytes) -> str:
    return hashlib.sha256(pdf).hexdigest()


__all__: Sequence[str] = ["Sheet", "check_signs", "fingerprint", "letter_pdf"]
