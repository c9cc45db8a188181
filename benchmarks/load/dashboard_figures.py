"""The figures that the dashboards draw, for the time of one run: taken from every process's own metrics."""

from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from math import inf

import httpx2
import psutil
from prometheus_client.parser import text_string_to_metric_families

QUANTILES = (0.5, 0.95, 0.99)


@dataclass(frozen=True, slots=True)
class Figure:
    """A histogram of the catalogue, split by one label or not at all."""

    title: str
    metric: str
    label: str = ""


FIGURES = (
    Figure("intake: age of a request", "intake_message_age_seconds"),
    Figure("report, from bus to record", "report_duration_seconds"),
    Figure("step", "report_step_duration_seconds", "step"),
    Figure("model: first chunk", "gen_ai_client_operation_time_to_first_chunk_seconds"),
    Figure("PDF", "pdf_render_seconds"),
    Figure("wait for a worker", "temporal_activity_schedule_to_start_latency_seconds", "task_queue"),
    Figure("wait for a workflow worker", "temporal_workflow_task_schedule_to_start_latency_seconds"),
    Figure("artifact store", "artifact_store_operation_duration_seconds", "operation"),
    Figure("wait for a connection", "database_pool_wait_seconds"),
)

# Name of the line → upper bound of the bucket → observations up to it, of all processes.
Buckets = dict[str, dict[float, float]]


async def observed(children: list[psutil.Process]) -> Buckets:
    """Read the histograms of FIGURES from the processes of a stack."""
    found: Buckets = defaultdict(lambda: defaultdict(float))
    async with httpx2.AsyncClient(trust_env=False, timeout=10) as http:
        for process in children:
            with suppress(psutil.NoSuchProcess):
                if port := process.environ().get("HTTP_PORT"):
                    answer = await http.get(f"http://127.0.0.1:{port}/metrics")
                    _add(found, answer.raise_for_status().text)
    return found


def _add(found: Buckets, exposition: str) -> None:
    figures = {f"{figure.metric}_bucket": figure for figure in FIGURES}
    for family in text_string_to_metric_families(exposition):
        for sample in family.samples:
            if figure := figures.get(sample.name):
                name = f"{figure.title}: {sample.labels[figure.label]}" if figure.label else figure.title
                found[name][float(sample.labels["le"])] += sample.value


def print_figures(before: Buckets, after: Buckets) -> None:
    """Print the quantiles of what was observed between the two."""
    print(
        f"\n{'seconds':40}{'count':>7}" + "".join(f"{f'p{quantile * 100:.0f}':>8}" for quantile in QUANTILES)
    )
    for name, buckets in after.items():
        added = {bound: count - before.get(name, {}).get(bound, 0.0) for bound, count in buckets.items()}
        if added[inf] > 0:
            values = "".join(f"{quantile_of(added, quantile):8.3f}" for quantile in QUANTILES)
            print(f"{name:40}{added[inf]:7.0f}{values}")


def quantile_of(buckets: dict[float, float], quantile: float) -> float:
    """Give a quantile of cumulative buckets as Prometheus does: by a straight line within the bucket."""
    wanted = quantile * buckets[inf]
    lower, below = 0.0, 0.0
    for bound, count in sorted(buckets.items()):
        if count >= wanted and count > below:
            return lower if bound == inf else lower + (bound - lower) * (wanted - below) / (count - below)
        lower, below = bound, count
    return lower
