// The finished text in the page.

import { byId, fill, h } from "../dom.js";
import { sanitise } from "./sanitise.js";

const FEWEST_CONTENTS = 3;

// The title stands above the sheet already.
function dropTitle(fragment, title) {
  const first = fragment.firstElementChild;
  if (first?.localName === "h1" && (!title || first.textContent.trim() === title.trim())) first.remove();
}

function demoteHeadings(fragment) {
  for (const heading of fragment.querySelectorAll("h1")) {
    const lower = h("h2", { id: heading.id || null });
    lower.append(...heading.childNodes);
    heading.replaceWith(lower);
  }
}

// What is wider than the page scrolls by itself, and by keyboard.
function letWideThingsScroll(fragment) {
  for (const table of fragment.querySelectorAll("table")) {
    const box = h("div", { class: "table-scroll", tabindex: "0", role: "group", "aria-label": "Table" });
    table.replaceWith(box);
    box.append(table);
  }
  for (const code of fragment.querySelectorAll("pre")) code.tabIndex = 0;
}

function showContents(fragment) {
  const headings = [...fragment.querySelectorAll("h2")];
  byId("contents-panel").hidden = headings.length < FEWEST_CONTENTS;
  const items = headings.map((heading, index) => {
    heading.id ||= `section-${index + 1}`;
    return h("li", {}, h("a", { href: `#${heading.id}` }, heading.textContent));
  });
  fill(byId("contents"), items);
}

/** Make a fragment of the page from a report's HTML; `title` is what stands above it already. */
export function prepared(html, title = "") {
  const fragment = sanitise(html);
  dropTitle(fragment, title);
  demoteHeadings(fragment);
  letWideThingsScroll(fragment);
  return fragment;
}

/** Show the HTML of a finished draft in `place`, and its headings in the contents. */
export function showDocument(html, title, place) {
  const fragment = prepared(html, title);
  showContents(fragment);
  place.replaceChildren(fragment);
}
