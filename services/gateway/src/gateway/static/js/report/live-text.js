import { h } from "../dom.js";
import { blocksOf } from "./blocks.js";

const INLINE = /(`+)(.+?)\1|\*\*(?=\S)(.+?)\*\*|(?<![\w*])\*(?=[^\s*])([^*]+?)\*(?!\*)|(?<!\w)_(?=\S)([^_]+?)_(?!\w)|!?\[([^\]]*)\]\([^)\s]*\)/gu;

// Emphasis and code become elements, a link its text: an address that a model wrote is not clickable before the
// server has looked at it.
function inline(text) {
  const parts = [];
  let at = 0;
  for (const match of text.matchAll(INLINE)) {
    parts.push(text.slice(at, match.index));
    const [all, , code, strong, star, underscore, link] = match;
    if (code !== undefined) parts.push(h("code", {}, code));
    else if (strong !== undefined) parts.push(h("strong", {}, inline(strong)));
    else if (star !== undefined || underscore !== undefined) parts.push(h("em", {}, inline(star ?? underscore)));
    else parts.push(link);
    at = match.index + all.length;
  }
  parts.push(text.slice(at));
  return parts;
}

function row(cells, tag) {
  return h("tr", {}, cells.map((cell) => h(tag, {}, inline(cell))));
}

function element(block) {
  switch (block.type) {
    case "heading":
      // The page's own h1 is the report's title.
      return h(`h${Math.max(2, block.level)}`, {}, inline(block.text));
    case "code":
      return h("pre", { tabindex: "0" }, h("code", {}, block.text));
    case "rule":
      return h("hr");
    case "quote":
      return h("blockquote", {}, h("p", {}, inline(block.text)));
    case "list":
      return h(
        block.ordered ? "ol" : "ul",
        { start: block.start > 1 ? block.start : null },
        block.items.map((item) => h("li", { class: item.depth ? `depth-${item.depth}` : null }, inline(item.text))),
      );
    case "table":
      return h(
        "div",
        { class: "table-scroll", tabindex: "0", role: "group", "aria-label": "Table" },
        h(
          "table",
          {},
          h("thead", {}, row(block.rows[0] ?? [], "th")),
          h("tbody", {}, block.rows.slice(1).map((cells) => row(cells, "td"))),
        ),
      );
    default:
      return h("p", {}, inline(block.text));
  }
}

const TITLE = /^\s*#\s+(.+?)\s*#*\s*(?:\n|$)/;

/** Give the title that a draft begins with, once its line is complete; else null. */
export function titleOf(markdown) {
  return markdown.includes("\n") ? (TITLE.exec(markdown)?.[1] ?? null) : null;
}

/** Shows Markdown as it grows: only blocks that changed are made again, so that what was read stays put. */
export class LiveText {
  #place;
  #sources = [];

  constructor(place) {
    this.#place = place;
  }

  show(markdown) {
    const body = markdown.includes("\n") ? markdown.replace(TITLE, "") : markdown.replace(/^\s*#.*$/, "");
    const blocks = blocksOf(body);
    blocks.forEach((block, index) => {
      if (this.#sources[index] === block.source) return;
      const old = this.#place.children[index];
      if (old) old.replaceWith(element(block));
      else this.#place.append(element(block));
    });
    while (this.#place.children.length > blocks.length) this.#place.lastElementChild.remove();
    this.#sources = blocks.map((block) => block.source);
  }

  /** Forget what is shown, because something else now fills the place. */
  reset() {
    this.#sources = [];
    this.#place.replaceChildren();
  }
}
