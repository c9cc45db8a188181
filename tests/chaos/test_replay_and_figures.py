"""A failing seed can be run again, and what a run came to is written down without loss."""

from pathlib import Path

from tests.chaos import figures
from tests.chaos.figures import Result
from tests.chaos.oracle import Finding, Kind
from tests.chaos.rounds import plan
from tests.chaos.stage import Stage
from tests.chaos.trials import Trial


def test_a_seed_gives_the_same_faults_again() -> None:
    assert plan(1, 2) == plan(1, 2) != plan(1, 3)
    assert plan(1, 2) != plan(2, 2)


def test_figures_replace_only_what_is_between_their_marks(tmp_path: Path) -> None:
    document = tmp_path / "reliability.md"
    document.write_text(f"before\n{figures.BEGIN}\nold\n{figures.END}\nafter\n")
    figures.write(document, ["new"])
    assert document.read_text() == f"before\n{figures.BEGIN}\n\nnew\n\n{figures.END}\nafter\n"


async def _nothing(_: Stage, __: str) -> float:
    return 0.0


def test_what_was_lost_late_or_done_twice_is_counted_and_named() -> None:
    trial = Trial("gateway", "SIGKILL", "before the 202", _nothing)
    results = [
        Result(trial, seconds=1.0),
        Result(trial, seconds=3.0, findings=[Finding(Kind.DUPLICATED, "report-1", "2 times row")]),
        Result(trial, trouble="not delivered within 120 s"),
    ]
    assert figures.table(results)[2:] == ["| gateway | SIGKILL | 3 | 1 | 1 | 2.0 s | 3.0 s |"]
    assert figures.what_did_not_hold(results, [Finding(Kind.LOST, "dead letters", "gone")]) == [
        "- gateway: SIGKILL, before the 202: duplicated: 2 times row",
        "- gateway: SIGKILL, before the 202: not delivered within 120 s",
        "- lost: dead letters: gone",
    ]
    twice = Result(trial, findings=[Finding(Kind.DUPLICATED, f"report-{n}", "2 times row") for n in (1, 2)])
    assert figures.what_did_not_hold([twice], []) == [
        "- gateway: SIGKILL, before the 202: duplicated: 2 times row (2 reports)"
    ]
    assert figures.summary(results, [], reports=3, calls=4).startswith(
        "3 trials over 3 reports: 1 lost, 1 duplicated, 0 wrong"
    )
