"""Fonts are all installed, may all be embedded, and are all listed with their licence."""

import struct
import subprocess
import sys
from pathlib import Path

import pytest

from pdf_worker.fonts.catalog import FontFile, all_files
from pdf_worker.fonts.composites import Composite, Program
from pdf_worker.fonts.face import face

LIST = (Path(__file__).parents[2] / "docs" / "fonts.md").read_text("utf-8")
FILES = sorted(set(all_files()), key=lambda file: file.path)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.path.rsplit("/", 1)[-1])
def test_a_font_may_be_embedded(file: FontFile) -> None:
    font = face(file).hb_face
    (restrictions,) = struct.unpack_from(">H", font.reference_table("OS/2").data, 8)
    assert restrictions == 0
    assert f"`{file.package.replace('_', '-')}`" in LIST


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.path.rsplit("/", 1)[-1])
def test_a_font_has_outlines_that_a_composite_can_refer_to(file: FontFile) -> None:
    assert "glyf" in face(file).hb_face.table_tags


def test_fonts_of_other_scripts_are_opened_when_they_are_needed() -> None:
    program = (
        "from pdf_worker.fonts import load_fonts, chain, Cut; from pdf_worker.fonts.face import face; "
        "load_fonts(); before = face.cache_info().currsize; chain(Cut()).segments('中'); "
        "print(before, face.cache_info().currsize)"
    )
    output = subprocess.run(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, check=True, text=True
    ).stdout
    before, after = map(int, output.split())
    assert before < 12 < len(FILES)
    assert after <= before + 4


def test_a_composite_is_drawn_where_its_parts_are_and_leaves_other_glyphs_alone() -> None:
    source = face(FontFile("fontpkg_fira_sans", "files/FiraSans-Regular.ttf")).hb_face
    program = Program(bytes(source.blob.data))
    count, letter = program.glyph_count, 113
    program.add([Composite(((letter, 0, 0), (letter, 700, -50)), 1400), Composite((), 250)])
    again = Program(program.to_bytes())
    assert again.glyph_count == count + 2
    assert again.glyph_box(letter) == Program(bytes(source.blob.data)).glyph_box(letter)
    box = again.glyph_box(letter)
    assert box is not None
    left, bottom, right, top = box
    assert again.glyph_box(count) == (left, bottom - 50, right + 700, top)
    assert again.glyph_box(count + 1) is None
