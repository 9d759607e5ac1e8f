"""Pictures that go out: drawn anew, so that nothing but the picture itself goes with them.

Where and on what a picture was taken, comments, colour profiles that are programs, a second file
behind the first: all of it is lost, as what is kept are the pixels alone. The kind is told by the
content, never by a name.
"""

import io
import math
import warnings
from collections.abc import Iterator
from typing import Final

import msgspec
from PIL import Image, ImageOps, UnidentifiedImageError

from amends.terms import BadInput

MOST_BYTES: Final = 10_000_000
MOST_PIXELS: Final = 40_000_000
LONGEST_SIDE: Final = 4096
_TAKEN: Final = ("JPEG", "PNG", "WEBP", "GIF")
_QUALITIES: Final = (90, 80, 70, 60, 45)


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """A picture as it goes out. ``kind`` is its media type, JPEG or PNG; sizes are in pixels."""

    content: bytes
    kind: str
    width: int
    height: int


def draw_anew(raw: bytes) -> Picture:
    """The picture in a file, without anything else that the file holds.

    Raises ``BadInput`` for what is no JPEG, PNG, WebP or still GIF, is too large, or cannot be read.
    """
    if len(raw) > MOST_BYTES:
        raise BadInput(
            f"The picture is larger than {MOST_BYTES // 1_000_000} MB. Take a smaller one."
        )
    image = _opened(raw)
    return _written(_turned(image), LONGEST_SIDE, MOST_BYTES // 2)


def fitted(picture: Picture, *, most_bytes: int) -> Picture:
    """The picture in no more bytes than a network takes. Raises ``BadInput`` where that cannot be."""
    if len(picture.content) <= most_bytes:
        return picture
    return _written(_opened(picture.content), max(picture.width, picture.height), most_bytes)


def size_of(content: bytes) -> tuple[int, int]:
    """Width and height by the head of the file. Raises ``BadInput``."""
    return _opened(content).size


def _opened(raw: bytes) -> Image.Image:
    """Its head is read, not its pixels."""
    try:
        from PIL import WebPImagePlugin  # noqa: F401 (else each of fifty kinds would be loaded)

        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(raw), formats=_TAKEN)
    except UnidentifiedImageError as error:
        raise BadInput("That is no picture. Take a JPEG, PNG, WebP or GIF file.") from error
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise BadInput(_too_many()) from error
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        raise BadInput("The picture cannot be read; save it anew and try again.") from error
    if math.prod(image.size) > MOST_PIXELS or not all(image.size):
        raise BadInput(_too_many())
    if getattr(image, "n_frames", 1) > 1:
        raise BadInput("Moving pictures are not sent. Take a still one.")
    return image


def _too_many() -> str:
    return (
        f"The picture has more than {MOST_PIXELS // 1_000_000} million points. Take a smaller one."
    )


def _turned(image: Image.Image) -> Image.Image:
    """Upright, as the file says it was held, and in colours that every network shows."""
    try:
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a large JPEG is read at half its size
        upright = ImageOps.exif_transpose(image)
        clear = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
        return upright.convert("RGBA" if clear else "RGB")
    except (
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        MemoryError,
        IndexError,
        TypeError,
    ) as error:
        raise BadInput("The picture is damaged; save it anew and try again.") from error
    except Image.DecompressionBombError as error:
        raise BadInput(_too_many()) from error


def _written(image: Image.Image, side: int, most_bytes: int) -> Picture:
    """Smaller and plainer until it fits."""
    while side >= 64:
        drawn = _bare(image, side)
        for content, kind in _ways(drawn):
            if len(content) <= most_bytes:
                return Picture(content=content, kind=kind, width=drawn.width, height=drawn.height)
        side = int(min(side, max(drawn.size)) * 0.75)
    raise BadInput("The picture cannot be made small enough. Take another one.")


def _bare(image: Image.Image, side: int) -> Image.Image:
    """A new picture with these pixels and nothing else."""
    mode = image.mode if image.mode in ("RGB", "RGBA") else "RGB"
    found = image.convert(mode)
    found.thumbnail((side, side))
    bare = Image.new(mode, found.size)
    bare.paste(found)
    return bare


def _ways(image: Image.Image) -> Iterator[tuple[bytes, str]]:
    """The file as PNG where something shows through, else as JPEG, ever plainer."""
    if image.mode == "RGBA":
        yield _encoded(image, "PNG"), "image/png"
        return
    for quality in _QUALITIES:
        yield _encoded(image, "JPEG", quality=quality), "image/jpeg"


def _encoded(image: Image.Image, kind: str, **options: int) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()
