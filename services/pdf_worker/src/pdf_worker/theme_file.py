"""A theme from a TOML file: only what it names differs from the default."""

import tomllib
from dataclasses import fields, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, LETTER

from pdf_worker.theme import DEFAULT, Margins, Palette, Theme

_MAX_LOGO_BYTES = 2 * 2**20
_PAGE_SIZES = {"A4": A4, "Letter": LETTER}

Points = Annotated[float, Field(ge=0, le=400)]
TypeSize = Annotated[float, Field(ge=4, le=40)]
HexColour = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]


class ThemeError(Exception):
    """A theme file that cannot be used; the message names the file, the field and the remedy."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=False)


class _Page(_Part):
    size: Literal["A4", "Letter"] = "A4"
    left: Points = DEFAULT.margins.left
    right: Points = DEFAULT.margins.right
    top: Points = DEFAULT.margins.top
    bottom: Points = DEFAULT.margins.bottom


class _Type(_Part):
    body_size: TypeSize = DEFAULT.body_size
    body_leading: TypeSize = DEFAULT.body_leading
    code_size: TypeSize = DEFAULT.code_size
    heading_sizes: Annotated[tuple[TypeSize, ...], Field(min_length=6, max_length=6)] = DEFAULT.heading_sizes


class _ThemeFile(_Part):
    """`colors` has any of the names of `Palette` as `#rrggbb`; `logo` is a PNG or JPEG beside the file."""

    page: _Page = _Page()
    type: _Type = _Type()
    colors: dict[str, HexColour] = Field(default_factory=dict)
    logo: str = ""


def load_theme(path: Path | None) -> Theme:
    """Read a theme; the default one without a path.

    Raises:
        ThemeError: the file is missing, is not TOML, or asks for something that cannot be.

    """
    if path is None:
        return DEFAULT
    try:
        found = _ThemeFile.model_validate(tomllib.loads(path.read_text("utf-8")))
        return replace(
            DEFAULT,
            page_size=_PAGE_SIZES[found.page.size],
            margins=Margins(found.page.left, found.page.right, found.page.top, found.page.bottom),
            palette=_palette(found.colors),
            logo=_logo(path, found.logo),
            **_type(found.type),
        )
    except ValidationError as error:
        places = ", ".join(
            f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in error.errors()
        )
        raise ThemeError(f"{path}: {places}") from None
    except (OSError, ValueError) as error:
        raise ThemeError(f"{path}: {error}") from error


def _type(found: _Type) -> dict[str, Any]:
    return {**found.model_dump(), "code_leading": round(found.code_size * 1.46, 2)}


def _palette(colors: dict[str, str]) -> Palette:
    known = {field.name for field in fields(Palette)}
    if unknown := sorted(colors.keys() - known):
        raise ValueError(f"colors.{unknown[0]} is no colour of a theme: use {', '.join(sorted(known))}")
    return replace(DEFAULT.palette, **{name: HexColor(value) for name, value in colors.items()})


def _logo(path: Path, name: str) -> bytes:
    if not name:
        return b""
    content = (path.parent / name).read_bytes()
    if len(content) > _MAX_LOGO_BYTES or not content.startswith((b"\x89PNG", b"\xff\xd8\xff")):
        raise ValueError(f"logo: {name} has to be a PNG or JPEG file of at most 2 MiB")
    return content
