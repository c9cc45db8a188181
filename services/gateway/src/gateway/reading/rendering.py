"""A report's Markdown as HTML that is safe to put into a page, whatever the model wrote."""

import asyncio
from collections.abc import Sequence

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

_INLINE = {"a", "strong", "em", "s", "code", "br"}
_BLOCKS = {"h1", "h2", "h3", "h4", "h5", "h6", "p", "blockquote", "pre", "hr", "ul", "ol", "li"}
_TABLES = {"table", "thead", "tbody", "tr", "th", "td"}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "ol": {"start"},
    "th": {"align"},
    "td": {"align"},
    "code": {"class"},
}
_LINK_SCHEMES = {"http", "https", "mailto"}


def render(markdown: str) -> str:
    """Give an HTML fragment: headings, lists, tables, code, links; nothing is ever loaded from elsewhere."""
    return nh3.clean(
        _PARSER.render(markdown),
        tags=_INLINE | _BLOCKS | _TABLES,
        attributes=_ATTRIBUTES,
        url_schemes=_LINK_SCHEMES,
        link_rel="noopener nofollow",
    )


def _image_as_text(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    del renderer, options, env
    return f"<em>{escapeHtml(tokens[index].content)}</em>"


def _align_without_style(state: StateCore) -> None:
    # The pages' content security policy allows no inline style.
    for token in state.tokens:
        if style := str(token.attrs.pop("style", "")):
            token.attrSet("align", style.removeprefix("text-align:"))


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.add_render_rule("image", _image_as_text)
    parser.core.ruler.push("align_without_style", _align_without_style)
    return parser


_PARSER = _parser()


async def render_apart(markdown: str) -> str:
    """Render outside the event loop: a long report takes tens of milliseconds."""
    return await asyncio.to_thread(render, markdown)
