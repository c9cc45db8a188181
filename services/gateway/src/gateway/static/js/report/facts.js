import { byId, fill, h } from "../dom.js";
import { cost, count, date, number } from "../format.js";
import { spentOf, timesOf } from "./state.js";

function tokens({ input_tokens: read, output_tokens: written, estimated }) {
  return read + written ? `${estimated ? "about " : ""}${number(read)} in, ${number(written)} out` : "";
}

/** Show what is known about a report; a fact that is not known is left out. */
export function showFacts(workflowId, state, result = {}) {
  const { start, end } = timesOf(state);
  const spent = spentOf(state);
  const used = tokens(spent);
  const model = result.model ?? state.revisions.at(-1)?.model;
  const facts = [
    ["Model", model],
    ["Length", result.pages ? count(result.pages, "page") : ""],
    ["Tokens", used],
    ["Cost", used && cost(spent.cost)],
    ["Started", start ? date(new Date(start).toISOString()) : ""],
    ["Finished", end ? date(new Date(end).toISOString()) : ""],
    ["Draft", state.revision > 1 ? `revision ${state.revision}` : ""],
    ["Report id", workflowId],
  ].filter(([, value]) => value);
  fill(
    byId("facts"),
    facts.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))),
  );
  byId("facts-panel").hidden = false;
}
