"""The pages, made from templates; what is put into them is escaped."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gateway.modules import modules_of
from gateway.wording import FILTERS

TEMPLATES = Path(__file__).parent / "pages"
# In the order of the navigation.
NAVIGATION = (
    ("/", "Ask"),
    ("/reports", "Reports"),
    ("/schedules", "Schedules"),
    ("/batches", "Batches"),
    ("/webhooks", "Webhooks"),
    ("/costs", "Costs"),
    ("/operations", "Operations"),
    ("/settings", "Settings"),
    ("/how-it-works", "How it works"),
)


def page_html(name: str, current: str, **values: object) -> bytes:
    """Render a page; `current` is its address in the navigation, or nothing."""
    template = _templates().get_template(f"{name}.html")
    frame = {"page": name, "current": current, "navigation": NAVIGATION, "modules": modules_of(name)}
    return template.render(**frame, **values).encode()


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= FILTERS
    return environment
