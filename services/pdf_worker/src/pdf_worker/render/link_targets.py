"""Where links may lead."""

from dataclasses import replace
from urllib.parse import quote, unquote, urlsplit

from pdf_worker.render.anchors import anchor_of
from pdf_worker.render.blocks import RunStyle
from pdf_worker.render.cleaning import clean

_LINK_SCHEMES = frozenset({"http", "https", "mailto"})
_MAX_URL_LENGTH = 2000


def safe_link(target: str) -> str | None:
    """`target` as an ASCII URL if a reader may be sent there, else None."""
    try:
        parts = urlsplit(target)
        host = parts.hostname
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    if scheme not in _LINK_SCHEMES or not (host or scheme == "mailto"):
        return None
    url = quote(clean(target), safe="%/:=&?~#+!$,;'@()*[]")
    return url if len(url) <= _MAX_URL_LENGTH else None


def linked(style: RunStyle, href: str) -> RunStyle:
    """Return the style of a link: to a heading of the report, or to a URL if a reader may be sent there."""
    if href.startswith("#"):
        return replace(style, target=anchor_of(unquote(href)))
    return replace(style, link=safe_link(href))
