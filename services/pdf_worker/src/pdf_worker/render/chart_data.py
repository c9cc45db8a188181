"""Simple data that models write for charts: Mermaid's `pie` and `xychart`, Chart.js and plain JSON."""

import json
import math
import re
from collections.abc import Sequence
from typing import Any

from pdf_worker.render.blocks import Chart, Series

_MAX_POINTS = 40
_MAX_SERIES = 8
_MAX_TEXT = 60_000
_PIE_SLICE = re.compile(r'^\s*"([^"]+)"\s*:\s*(\d+(?:\.\d+)?)\s*$')
_AXIS = re.compile(r'^\s*([xy])-axis\s*("[^"]*"|[^\[\d"]*)?\s*(\[.*\])?(.*)$')
_NUMBERS = re.compile(r'^\s*(bar|line)\s*("[^"]*")?\s*\[(.*)\]\s*$')
_KINDS = {"bar": "bar", "column": "bar", "line": "line", "pie": "pie", "doughnut": "pie", "donut": "pie"}
_JSON_LANGUAGES = frozenset({"chart", "chartjs", "chart.js", "chart-json"})


def read_chart(language: str, text: str) -> Chart | None:
    """Return the chart that a fence describes, None when it is anything that should stay code."""
    if len(text) > _MAX_TEXT:
        return None
    if language in _JSON_LANGUAGES:
        return _checked(_from_json(text))
    if language == "mermaid":
        lines = [line for line in text.split("\n") if line.strip() and not line.lstrip().startswith("%%")]
        first = lines[0].strip() if lines else ""
        if first.startswith("pie"):
            return _checked(_from_pie(first, lines[1:]))
        if first.startswith("xychart"):
            return _checked(_from_xychart(lines[1:]))
    return None


def _checked(chart: Chart | None) -> Chart | None:
    if chart is None or not chart.series or not 1 <= len(chart.labels) <= _MAX_POINTS:
        return None
    if len(chart.series) > _MAX_SERIES or any(len(s.values) != len(chart.labels) for s in chart.series):
        return None
    values = [value for series in chart.series for value in series.values if value is not None]
    if not values or not all(math.isfinite(value) and abs(value) < 1e15 for value in values):
        return None
    if chart.kind == "pie" and (len(chart.series) > 1 or min(values) < 0 or sum(values) <= 0):
        return None
    return chart


def _from_pie(first: str, lines: Sequence[str]) -> Chart | None:
    title = first.removeprefix("pie").replace("showData", "", 1).strip().removeprefix("title").strip()
    slices: list[tuple[str, float]] = []
    for line in lines:
        match = _PIE_SLICE.match(line)
        if match is not None:
            slices.append((match.group(1), float(match.group(2))))
        elif line.strip().startswith("title "):
            title = line.strip().removeprefix("title ").strip()
        elif line.strip() != "showData":
            return None
    return Chart("pie", title, [name for name, _ in slices], [Series("", [value for _, value in slices])])


def _from_xychart(lines: Sequence[str]) -> Chart | None:
    title, titles = "", {"x": "", "y": ""}
    labels: list[str] = []
    kinds: list[str] = []
    series: list[Series] = []
    for line in lines:
        if line.strip().startswith("title"):
            title = line.strip().removeprefix("title").strip().strip('"')
        elif numbers := _NUMBERS.match(line):
            kinds.append(numbers.group(1))
            values = [_number(part) for part in numbers.group(3).split(",")]
            series.append(Series((numbers.group(2) or "").strip('"'), values))
        elif axis := _AXIS.match(line):
            titles[axis.group(1)] = (axis.group(2) or "").strip().strip('"')
            if axis.group(1) == "x" and axis.group(3):
                labels = [part.strip().strip('"') for part in axis.group(3)[1:-1].split(",")]
        else:
            return None
    if not series:
        return None
    labels = labels or [str(number + 1) for number in range(len(series[0].values))]
    kind = "bar" if "bar" in kinds else "line"
    return Chart(kind, title, labels, series, titles["x"], titles["y"])


def _from_json(text: str) -> Chart | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or str(found.get("type", "bar")).lower() not in _KINDS:
        return None
    data = found.get("data", found)
    if not isinstance(data, dict):
        return None
    labels = data.get("labels", data.get("categories", data.get("x")))
    sets = data.get("datasets", data.get("series"))
    if sets is None:
        values = data.get("values", data.get("y", data.get("data")))
        sets = [{"label": "", "data": values}]
    if not isinstance(labels, list) or not isinstance(sets, list):
        return None
    series = [made for one in sets if (made := _series(one)) is not None]
    if len(series) != len(sets):
        return None
    kind = _KINDS[str(found.get("type", "bar")).lower()]
    axes = [_axis_title(found, axis) for axis in "xy"]
    return Chart(kind, _title(found), [_text(label) for label in labels], series, axes[0], axes[1])


def _series(found: Any) -> Series | None:  # noqa: ANN401 - whatever JSON says
    values = found.get("data", found.get("values")) if isinstance(found, dict) else found
    if not isinstance(values, list):
        return None
    name = found.get("label", found.get("name", "")) if isinstance(found, dict) else ""
    return Series(_text(name), [_number(value) for value in values])


def _number(value: Any) -> float | None:  # noqa: ANN401 - as _series
    try:
        return None if value is None or isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _text(value: Any) -> str:  # noqa: ANN401 - as _series
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _title(found: dict[str, Any]) -> str:
    title = found.get("title")
    if title is None:
        title = _at(found, "options", "plugins", "title", "text") or _at(found, "options", "title", "text")
    return title if isinstance(title, str) else ""


def _axis_title(found: dict[str, Any], axis: str) -> str:
    title = found.get(f"{axis}_title", found.get(f"{axis}Label")) or _at(
        found, "options", "scales", axis, "title", "text"
    )
    return title if isinstance(title, str) else ""


def _at(found: Any, *path: str) -> Any:  # noqa: ANN401 - as _series
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found
