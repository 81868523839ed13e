"""Draws a small JPEG of a picture: ``python -m shared.files.drawing SOURCE TARGET EDGE``, in a process of its own.

A picture comes from anybody, and what reads it is large and written in C: here it may take only so much memory and
time, and when it breaks, nothing else does. The result has no metadata: no place, no camera, no second picture.
"""

import resource
import sys
from typing import cast

from PIL import Image, ImageOps
from pillow_heif import register_heif_opener

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "HEIF", "AVIF", "TIFF", "BMP", "DIB")
MOST_PIXELS = 120_000_000
MEMORY = 2 * 1024**3
SECONDS = 20
QUALITY = 82
PAPER = "white"


def bound() -> None:
    """Give up the right to more memory and processor time."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def draw(source: str, target: str, edge: int) -> None:
    """A JPEG of at most ``edge`` pixels a side, as the picture is to be looked at.

    Raises ValueError for a picture of too many pixels, and whatever Pillow raises for one that cannot be read.
    """
    Image.MAX_IMAGE_PIXELS = None  # the bound is ours, below: Pillow's is for the size before a JPEG is read smaller
    register_heif_opener(thumbnails=False)
    with Image.open(source, formats=FORMATS) as picture:
        picture.draft("RGB", (2 * edge, 2 * edge))
        if picture.width * picture.height > MOST_PIXELS:
            raise ValueError(f"{picture.width} by {picture.height} pixels are too many")
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((edge, edge))
        flat(upright).save(target, "JPEG", quality=QUALITY, optimize=True)


def flat(picture: Image.Image) -> Image.Image:
    """The same in colours that a JPEG has, on white where it is transparent."""
    if picture.mode.startswith(("I", "F")):
        deep = picture.convert("F")
        low, high = cast(tuple[float, float], deep.getextrema())
        picture = deep.point(lambda value: (value - low) * (255 / ((high - low) or 1))).convert("L")
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    page = Image.new("RGBA", layer.size, PAPER)
    page.alpha_composite(layer)
    return page.convert("RGB")


if __name__ == "__main__":
    bound()
    draw(sys.argv[1], sys.argv[2], int(sys.argv[3]))
