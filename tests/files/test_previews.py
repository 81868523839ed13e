"""Small pictures: upright, without what the camera wrote down, and no harm from pictures made to do harm."""

import io
import os
import struct
import time
import zlib
from pathlib import Path

import pytest
from PIL import Image

from shared.files import Previews, Size
from shared.files.drawing import draw
from tests.files.making import GOOD, PHONE_HEIC, picture

RED, BLUE = (250, 0, 0), (0, 0, 250)
SHOWN = ("photo.jpg", "photo.png", "photo.gif", "photo.webp", "photo.tif", "photo.bmp", "photo.avif", "photo.heif")


async def drawn(folder: Path, content: bytes, size: Size = "small", previews: Previews | None = None) -> Path | None:
    """The preview of a picture."""
    file = folder / "digest"
    file.write_bytes(content)
    return await (previews or Previews()).of(file, size)


@pytest.mark.parametrize("name", SHOWN)
def test_every_kind_of_picture_is_drawn(tmp_path: Path, name: str) -> None:
    file, made = tmp_path / "digest", tmp_path / "made.jpg"
    file.write_bytes(GOOD[name][1])
    draw(str(file), str(made), 192)
    with Image.open(made) as shown:
        assert (shown.format, shown.size) == ("JPEG", (64, 48))
        red, green, blue = shown.convert("RGB").getpixel((30, 20))  # type: ignore[misc]
        assert (abs(red - 200) < 12, abs(green - 30) < 12, abs(blue - 40) < 12) == (True, True, True)


async def test_a_picture_of_a_phone_is_drawn_in_two_sizes(tmp_path: Path) -> None:
    small, large = [await drawn(tmp_path, PHONE_HEIC, size) for size in ("small", "large")]
    assert small is not None
    assert large is not None
    assert (Image.open(small).size, Image.open(large).size) == ((192, 144), (320, 240))


def turned() -> bytes:
    """A picture that the camera held sideways: red on the left as stored, with the place it was taken."""
    image = Image.new("RGB", (60, 30), BLUE)
    image.paste(RED, (0, 0, 30, 30))
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Camera"
    exif.get_ifd(0x8825)[1] = "N"
    file = io.BytesIO()
    image.save(file, "JPEG", exif=exif, quality=95)
    return file.getvalue()


async def test_a_thumbnail_stands_upright_and_tells_nothing_of_the_camera(tmp_path: Path) -> None:
    made = await drawn(tmp_path, turned())
    assert made is not None
    with Image.open(made) as shown:
        assert shown.size == (30, 60)
        top, bottom = shown.getpixel((15, 10)), shown.getpixel((15, 50))
        assert (top[0] > 200, bottom[2] > 200) == (True, True)  # type: ignore[index]
        assert dict(shown.getexif()) == {}
    assert b"Exif" not in made.read_bytes()


def bomb(width: int, height: int) -> bytes:
    """A small PNG that says it is huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    row = zlib.compress(bytes(10_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", row) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "content",
    [bomb(50_000, 50_000), bomb(8000, 8000), GOOD["photo.jpg"][1][:200], b"no picture", GOOD["burst.heic"][1]],
    ids=["too many pixels", "pixels that are not there", "cut short", "no picture", "an empty sequence"],
)
async def test_what_cannot_be_drawn_has_no_preview_and_is_tried_once(
    tmp_path: Path, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await drawn(tmp_path, content) is None
    monkeypatch.setattr(Previews, "make", lambda *_: pytest.fail("drawn again"))
    assert await drawn(tmp_path, content) is None
    assert sorted(os.listdir(tmp_path)) == ["digest", "digest.small.none"]


async def test_a_drawing_that_takes_too_long_is_broken_off(tmp_path: Path) -> None:
    began = time.monotonic()
    assert await drawn(tmp_path, picture("JPEG"), previews=Previews(patience=0.01)) is None
    assert time.monotonic() - began < 5
    assert os.listdir(tmp_path) == ["digest"]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "YCbCr", "I;16", "I", "F"])
def test_pictures_of_all_colours_are_drawn(tmp_path: Path, mode: str) -> None:
    file, made = tmp_path / "digest", tmp_path / "made.jpg"
    Image.new("L", (400, 40), 200).convert("I" if mode == "I;16" else mode).save(file, "PNG" if mode == "P" else "TIFF")
    draw(str(file), str(made), 192)
    with Image.open(made) as shown:
        assert shown.size == (192, 19)
