import { byId, fill, h } from "../dom.js";
import { cost, count, date, duration, number } from "../format.js";
import { timesOf } from "./state.js";

function tokens(usage) {
  if (!usage || usage.input_tokens + usage.output_tokens === 0) return "";
  return `${number(usage.input_tokens)} in, ${number(usage.output_tokens)} out`;
}

function took(state) {
  const { start, end } = timesOf(state);
  return start && end ? duration(end - start) : "";
}

/** Show what is known about a report; a fact that is not known is left out. */
export function showFacts(workflowId, state, result = {}) {
  const { start, end } = timesOf(state);
  const facts = [
    ["Model", result.model],
    ["Length", result.pages ? count(result.pages, "page") : ""],
    ["Tokens", tokens(result.usage)],
    ["Cost", cost(result.cost_usd ?? result.cost)],
    ["Started", start ? date(new Date(start).toISOString()) : ""],
    ["Finished", end ? date(new Date(end).toISOString()) : ""],
    ["Took", took(state)],
    ["Draft", state.revision > 1 ? `revision ${state.revision}` : ""],
    ["Report id", workflowId],
  ].filter(([, value]) => value);
  fill(
    byId("facts"),
    facts.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))),
  );
  byId("facts-panel").hidden = false;
}
