"""The pages load fast because they load little."""

from gateway.modules import modules_of
from gateway.routes.static_files import STATIC

SCRIPT_LIMIT_BYTES = 100_000


def test_the_scripts_stay_small() -> None:
    scripts = (STATIC / "js").rglob("*.js")
    assert 0 < sum(path.stat().st_size for path in scripts) < SCRIPT_LIMIT_BYTES


def test_a_page_names_every_module_that_it_needs() -> None:
    """A module that is not named is found only after the one that imports it has arrived."""
    assert set(modules_of("report")) >= {"dom.js", "report/state.js", "report/sanitise.js", "storage.js"}
    for page in (STATIC / "js" / "pages").glob("*.js"):
        for module in modules_of(page.stem):
            assert (STATIC / "js" / module).is_file()
