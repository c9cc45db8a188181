// The drafts of a report: which one is shown, what it was asked for, and what changed since another one.

import { getDiff, getHtml, listRevisions } from "../api.js";
import { byId, fill, h, notice } from "../dom.js";
import { count } from "../format.js";
import { prepared } from "./document.js";

const FEWEST_FOLDED = 3;
const MARKS = { added: "ins", removed: "del" };

function block({ change, segments }) {
  const heading = segments[0].text.startsWith("#") ? " diff--heading" : "";
  const words = segments.map((segment) => h(MARKS[segment.change] ?? "span", {}, segment.text));
  return h("p", { class: `diff diff--${change}${heading}` }, words);
}

// What stayed as it was is folded away, but for the paragraphs beside a change.
function folded(blocks) {
  const shown = [];
  for (let at = 0; at < blocks.length; ) {
    let end = at;
    while (blocks[end]?.change === "same") end += 1;
    if (end - at > FEWEST_FOLDED + 1) {
      const inner = blocks.slice(at + 1, end - 1).map(block);
      const summary = h("summary", {}, count(inner.length, "unchanged paragraph"));
      shown.push(block(blocks[at]), h("details", {}, summary, inner));
      at = end - 1;
    } else {
      shown.push(block(blocks[at]));
      at += 1;
    }
  }
  return shown;
}

/** Lets a reader choose between drafts; another than the current one takes the place of `text`. */
export class Drafts {
  #workflowId;
  #text;
  #current = 1;
  #asked = 0;

  constructor(workflowId, text) {
    this.#workflowId = workflowId;
    this.#text = text;
    byId("drafts").addEventListener("change", () => this.#choose());
  }

  /** Offer the drafts up to `current`, which the page shows itself; there is no choice of one. */
  async show(current) {
    this.hide();
    const asked = this.#asked;
    const items = current > 1 ? await listRevisions(this.#workflowId).catch(() => []) : [];
    // A newer state of the report may have been shown meanwhile.
    if (asked !== this.#asked || items.length === 0) return;
    this.#current = current;
    const numbers = items.map((known) => known.revision);
    const option = (value, note = "") => h("option", { value }, `Draft ${value}${note}`);
    const unfinished = numbers.includes(current) ? null : option(current, ", unfinished");
    fill(byId("draft-shown"), numbers.map((n) => option(n)), unfinished);
    fill(byId("draft-against"), h("option", { value: 0 }, "–"), numbers.map((n) => option(n)));
    byId("draft-shown").value = current;
    const asks = items.filter((known) => known.instructions);
    const told = asks.map((known) => [h("dt", {}, `Draft ${known.revision}`), h("dd", {}, known.instructions)]);
    fill(byId("draft-instructions"), told);
    byId("draft-instructions").parentElement.hidden = asks.length === 0;
    byId("drafts").hidden = false;
  }

  hide() {
    this.#asked += 1;
    byId("drafts").hidden = byId("other-draft").hidden = true;
    this.#text.hidden = false;
  }

  async #choose() {
    const asked = ++this.#asked;
    const shown = Number(byId("draft-shown").value);
    const against = Number(byId("draft-against").value);
    const isCompared = against > 0 && against !== shown;
    const isOther = isCompared || shown !== this.#current;
    let content = [];
    try {
      if (isCompared) content = folded((await getDiff(this.#workflowId, shown, against)).blocks);
      else if (isOther) content = [prepared(await getHtml(this.#workflowId, shown))];
    } catch (problem) {
      content = [notice("bad", "The draft could not be read", h("p", {}, problem.message))];
    }
    if (asked !== this.#asked) return;
    fill(byId("other-draft"), content);
    byId("other-draft").hidden = !isOther;
    this.#text.hidden = isOther;
  }
}
