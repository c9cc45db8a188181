"""Pages that are made anew for everyone who asks."""

from litestar import Response

from gateway.templates import page_html

FRESH = {"Cache-Control": "no-store"}


def filled(name: str, current: str, **values: object) -> Response[bytes]:
    """Answer with a page that shows `values`; `current` is its address in the navigation, or nothing."""
    return Response(page_html(name, current, **values), media_type="text/html", headers=FRESH)
