"""Pictures that come with the text: checked, bounded, and made plain before they are drawn."""

import base64
import binascii
import re
import warnings
from collections.abc import Mapping
from io import BytesIO

from PIL import Image

from pdf_worker.render.blocks import Picture, Run

_DATA_URI = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,", re.IGNORECASE)
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
_MAX_BYTES = 8 * 2**20
_MAX_PIXELS = 30_000_000
_LARGEST_SIDE = 2000
_HIGHEST_IN_LINE = 60
"""In pixels, about three lines of text on a screen: what is higher cannot be read in a line."""


def read_picture(source: str, caption: str, images: Mapping[str, bytes]) -> Picture | None:
    """Return the picture at a `data:` URI or an address in `images`; None for anything else or damaged."""
    content = images.get(source) or _from_data_uri(source)
    if content is None or len(content) > _MAX_BYTES:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # Pillow warns of what would not fit memory
            return _checked(content, caption)
    except Exception:  # noqa: BLE001 - decoders of untrusted bytes raise anything; the caption is printed instead
        return None


def fits_line(picture: Picture) -> bool:
    """Whether a picture may stand in a line of text, as formulas of word processors do."""
    return picture.height <= _HIGHEST_IN_LINE


def _from_data_uri(source: str) -> bytes | None:
    match = _DATA_URI.match(source)
    if match is None or len(source) > 2 * _MAX_BYTES:
        return None
    try:
        return base64.b64decode(re.sub(r"%0A|\s", "", source[match.end() :]), validate=True)
    except binascii.Error:
        return None


def _checked(content: bytes, caption: str) -> Picture | None:
    with Image.open(BytesIO(content), formats=_FORMATS) as opened:
        if opened.width * opened.height > _MAX_PIXELS or min(opened.size) < 1:
            return None
        flat = Image.new("RGB", opened.size, "white")
        rgba = opened.convert("RGBA")
        flat.paste(rgba, mask=rgba.getchannel("A"))
    flat.thumbnail((_LARGEST_SIDE, _LARGEST_SIDE))
    output = BytesIO()
    flat.save(output, "PNG")
    return Picture(output.getvalue(), flat.width, flat.height, [Run(caption)] if caption else [])
