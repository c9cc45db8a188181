"""The reports in docs/samples are what the renderer makes of the Markdown beside them.

After a change that is meant to show, run `python -m tests.pdf_worker.test_samples` and look at the pages.
"""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pdf_worker.render import DocumentInfo, RenderedPdf
from tests.pdf_worker.rendering import page_texts, render

FOLDER = Path(__file__).parents[2] / "docs" / "samples"
SAMPLES = sorted(FOLDER.glob("*.md"))
QUESTIONS = {
    "arabic": "كم بلغ استهلاك مراكز البيانات للكهرباء، وهل تستطيع الطاقة المتجددة أن تواكبه؟",
    "chinese": "数据中心的用电量增长了多少？可再生能源能否跟上？",  # noqa: RUF001 - Chinese question marks
    "english": "How much electricity do data centres use, and can renewable power keep up?",
}


def rendered(sample: Path) -> RenderedPdf:
    """Render a sample as a report of a fixed day."""
    markdown = sample.read_text("utf-8")
    info = DocumentInfo(
        title=markdown.partition("\n")[0].removeprefix("# "),
        prompt=QUESTIONS[sample.stem],
        model="example-model",
        date=datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC),
        report_id=f"sample-{sample.stem}",
    )
    return render(markdown, info)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_is_the_rendering_of_its_markdown(sample: Path) -> None:
    again = rendered(sample)
    kept = RenderedPdf(sample.with_suffix(".pdf").read_bytes(), again.pages)
    assert page_texts(kept) == page_texts(again)
    assert again.missing == ""


if __name__ == "__main__":
    for source in SAMPLES:
        source.with_suffix(".pdf").write_bytes(rendered(source).content)
