"""The pages load fast because they load little."""

from gateway.routes.static_files import STATIC

SCRIPT_LIMIT_BYTES = 100 * 1024


def test_the_scripts_stay_small() -> None:
    scripts = (STATIC / "js").rglob("*.js")
    assert 0 < sum(path.stat().st_size for path in scripts) < SCRIPT_LIMIT_BYTES
