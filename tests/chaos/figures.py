"""What a run came to: a table for the terminal and for docs/reliability.md."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.oracle import Finding, Kind
from tests.chaos.trials import Trial

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


@dataclass
class Result:
    """One trial: the reports it was about, its recovery in seconds, and what the oracle found about it."""

    trial: Trial
    seconds: float | None = None
    trouble: str = ""
    findings: list[Finding] = field(default_factory=list)

    @property
    def held(self) -> bool:
        """Whether the promise was kept."""
        return not self.trouble and not self.findings

    def count(self, kind: Kind) -> int:
        """Count findings of one kind; a report that did not come in time is lost until it comes."""
        late = int(bool(self.trouble)) if kind is Kind.LOST else 0
        return late + sum(finding.kind is kind for finding in self.findings)


HEADER = "| target | fault | runs | lost | duplicated | median recovery | worst recovery |"
RULE = "|---|---|--:|--:|--:|--:|--:|"


def table(results: Iterable[Result]) -> list[str]:
    """Give the lines of a Markdown table, a line for each target and fault."""
    groups: dict[tuple[str, str], list[Result]] = defaultdict(list)
    for result in results:
        groups[_group(result.trial)].append(result)
    targets = list(dict.fromkeys(target for target, _ in groups))
    by_target = sorted(groups, key=lambda group: targets.index(group[0]))
    return [HEADER, RULE, *(_line(group, groups[group]) for group in by_target)]


def _group(trial: Trial) -> tuple[str, str]:
    return ("random rounds", "4 faults over 5 reports") if trial.is_round else (trial.target, trial.fault)


def _line(group: tuple[str, str], members: list[Result]) -> str:
    times = [result.seconds for result in members if result.seconds is not None]
    median = f"{statistics.median(times):.1f} s" if times else "–"  # noqa: RUF001 - a dash for nothing
    worst = f"{max(times):.1f} s" if times else "–"  # noqa: RUF001 - as above
    lost = sum(result.count(Kind.LOST) for result in members)
    duplicated = sum(result.count(Kind.DUPLICATED) for result in members)
    return f"| {group[0]} | {group[1]} | {len(members)} | {lost} | {duplicated} | {median} | {worst} |"


def what_did_not_hold(results: Iterable[Result], unattributed: Iterable[Finding]) -> list[str]:
    """Give a line for each departure from the promise, and how many reports of the trial it befell."""
    troubles = Counter(
        f"- {result.trial.name}: {trouble}"
        for result in results
        for trouble in [
            *([result.trouble] if result.trouble else []),
            *(f"{finding.kind}: {finding.detail}" for finding in result.findings),
        ]
    )
    lines = [line if count == 1 else f"{line} ({count} reports)" for line, count in troubles.items()]
    return lines + [f"- {finding.kind}: {finding.about}: {finding.detail}" for finding in unattributed]


def summary(results: list[Result], unattributed: list[Finding], reports: int, calls: int) -> str:
    """Say it in a sentence."""
    kinds = Counter(finding.kind for result in results for finding in result.findings)
    kinds.update(finding.kind for finding in unattributed)
    late = sum(bool(result.trouble) for result in results)
    times = [result.seconds for result in results if result.seconds is not None]
    median = f"{statistics.median(times):.1f} s" if times else "none"
    worst = f"{max(times):.1f} s" if times else "none"
    return (
        f"{len(results)} trials over {reports} reports: {kinds[Kind.LOST] + late} lost, "
        f"{kinds[Kind.DUPLICATED]} duplicated, {kinds[Kind.WRONG]} wrong, "
        f"{kinds[Kind.UNACCOUNTED]} unaccounted; {calls} billed model calls; "
        f"recovery median {median}, worst {worst}."
    )


def write(document: Path, lines: list[str]) -> None:
    """Replace the figures between the document's two marks."""
    text = document.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    document.write_text("\n".join([before + BEGIN, "", *lines, "", END]) + after, encoding="utf-8")
