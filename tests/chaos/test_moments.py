"""Every moment that the matrix waits for is named by a service; a renamed one would be waited for in vain."""

import re
from pathlib import Path

import pytest

from tests.chaos import moments
from tests.chaos.moments import Moment

SERVICES = Path(__file__).parents[2] / "services"
NAMED = re.compile(r'fault_points\.reach\(f?"([^"]+)"\)')


def named_in_services() -> list[str]:
    sources = SERVICES.glob("*/src/**/*.py")
    return [name for source in sources for name in NAMED.findall(source.read_text(encoding="utf-8"))]


@pytest.mark.parametrize(
    "point",
    [moment.point for moment in vars(moments).values() if isinstance(moment, Moment) and moment.point],
)
def test_a_service_names_the_moment(point: str) -> None:
    # A name may end in the state that is written: `metadata.before_{…}`.
    patterns = [re.sub(r"\\\{.*\\\}", r"\\w+", re.escape(name)) for name in named_in_services()]
    assert any(re.fullmatch(pattern, point) for pattern in patterns)
