"""Pictures are drawn anew: nothing but what one sees goes out, whatever the file held."""

import io
import zlib
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from amends.connectors.pictures import draw_anew, fitted, size_of
from amends.terms import BadInput

GPS, MAKER, TURNED = 0x8825, 0x010F, 0x0112


def file(image: Image.Image, kind: str, **options: object) -> bytes:
    made = io.BytesIO()
    image.save(made, kind, **options)
    return made.getvalue()


def square(mode: str = "RGB", side: int = 40) -> Image.Image:
    return Image.effect_noise((side, side), 90).convert(mode)


def photograph() -> bytes:
    """Taken somewhere with something, held sideways."""
    exif = Image.Exif()
    exif[MAKER], exif[TURNED], exif[GPS] = "SecretCam", 6, {1: "N", 2: (52.0, 30.0, 0.0)}
    return file(Image.new("RGB", (60, 20), "red"), "JPEG", exif=exif, comment=b"home")


def test_where_and_with_what_it_was_taken_is_left_out_and_it_stands_upright() -> None:
    found = draw_anew(photograph())
    kept = Image.open(io.BytesIO(found.content))
    assert (found.kind, kept.size, dict(kept.getexif())) == ("image/jpeg", (20, 60), {})
    assert not {b"SecretCam", b"home", b"Exif"} & {
        word for word in (b"SecretCam", b"home", b"Exif") if word in found.content
    }


def test_second_file_behind_the_first_is_left_out() -> None:
    text = PngInfo()
    text.add_text("Comment", "<script>alert(1)</script>")
    raw = file(square("RGBA"), "PNG", pnginfo=text) + b"PK\x03\x04<script>alert(2)</script>"
    found = draw_anew(raw)
    assert (found.kind, b"script" in found.content) == ("image/png", False)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_kind_is_told_by_the_content(kind: str) -> None:
    found = draw_anew(file(square("P" if kind == "GIF" else "RGB"), kind))
    assert (found.kind, found.width, found.height) == ("image/jpeg", 40, 40)
    assert size_of(found.content) == (40, 40)


def bomb() -> bytes:
    """Some 100 bytes that say they are 900 million points."""
    png = bytearray(file(Image.new("1", (8, 8)), "PNG"))
    png[16:24] = (30_000).to_bytes(4) * 2
    png[29:33] = zlib.crc32(bytes(png[12:29])).to_bytes(4)
    return bytes(png)


WRONG = {
    "nothing": b"",
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "web page": b"<!doctype html><script>alert(1)</script>",
    "half a picture": photograph()[:200],
    "bomb": bomb(),
    "BMP": file(square(), "BMP"),
    "moving": file(square("P"), "GIF", save_all=True, append_images=[square("P")]),
    "too many bytes": b"\xff\xd8" + bytes(10_000_001),
}


@pytest.mark.parametrize("name", sorted(WRONG))
def test_what_is_no_picture_that_goes_out_is_refused_in_a_sentence(name: str) -> None:
    with pytest.raises(BadInput, match=r"[A-Z].*\.$"):
        draw_anew(WRONG[name])


def test_picture_fits_what_a_network_takes() -> None:
    whole = draw_anew(file(square(side=400), "PNG"))
    small = fitted(whole, most_bytes=9_000)
    assert len(whole.content) > 9_000 >= len(small.content)
    assert fitted(small, most_bytes=9_000) == small


def test_no_file_of_ours_is_opened_by_a_picture(tmp_path: Path) -> None:
    """Formats that name other files are not read at all."""
    eps = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) (r) file\n"
    with pytest.raises(BadInput, match="no picture"):
        draw_anew(eps)
