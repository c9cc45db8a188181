"""Pages look as they did when someone last looked at them and found them good.

After a change that is meant to show, run `python -m tests.pdf_worker.test_look` and look at the pictures.
"""

import re
from dataclasses import replace
from pathlib import Path

import pypdfium2 as pdfium  # type: ignore[import-untyped] # it has no stubs
import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat

from tests.pdf_worker.rendering import INFO, render

FOLDER = Path(__file__).parent
CORPUS = sorted((FOLDER / "corpus").glob("*.md"))
SCALE = 0.75
MOST_MEAN_DIFFERENCE = 1.2
MOST_LOCAL_DIFFERENCE = 110


def pictures(report: Path) -> list[Image.Image]:
    """Draw the pages of a report of the corpus."""
    text = report.read_text("utf-8")
    title = re.search(r"^# (.+)$", text, re.MULTILINE)
    info = replace(INFO, title=title.group(1) if title else INFO.title)
    document = pdfium.PdfDocument(render(text, info).content)
    return [page.render(scale=SCALE, grayscale=True).to_pil().convert("L") for page in document]


def approved(report: Path) -> list[Path]:
    return sorted((FOLDER / "pages").glob(f"{report.stem}-*.png"))


@pytest.mark.parametrize("report", CORPUS, ids=lambda path: path.stem)
def test_pages_look_as_approved(report: Path) -> None:
    drawn = pictures(report)
    assert len(drawn) == len(approved(report))
    for number, (page, path) in enumerate(zip(drawn, approved(report), strict=True), start=1):
        with Image.open(path) as opened:
            expected = opened.convert("L")
        assert page.size == expected.size
        # Blurred, so that another version of the rasteriser is no difference and a moved block is one.
        blur = ImageFilter.GaussianBlur(2)
        difference = ImageChops.difference(page.filter(blur), expected.filter(blur))
        mean, most = ImageStat.Stat(difference).mean[0], difference.getextrema()[1]
        assert mean <= MOST_MEAN_DIFFERENCE, f"page {number} of {report.name} differs by {mean:.2f}"
        assert isinstance(most, int | float)
        assert most <= MOST_LOCAL_DIFFERENCE, f"page {number} of {report.name} differs at one place by {most}"


if __name__ == "__main__":
    for source in CORPUS:
        for old in approved(source):
            old.unlink()
        for count, image in enumerate(pictures(source), start=1):
            image.quantize(16).save(FOLDER / "pages" / f"{source.stem}-{count:02}.png", optimize=True)
