// What a page says when its report has ended, or never was.

import { fill, h, notice } from "../dom.js";
import { askAgain } from "./head.js";
import { stepName } from "./steps.js";

/** Say why a report failed and what can be done. */
export function showFailure(place, state) {
  const failure = state.failure ?? { code: "internal_error", message: "The reason was not recorded." };
  const where = failure.step ? ` while ${stepName(failure.step).toLowerCase()}` : "";
  const rejected = failure.code === "review_rejected";
  fill(
    place,
    notice(
      rejected ? "wait" : "bad",
      rejected ? "The draft was rejected" : `This report failed${where}`,
      h("p", {}, failure.message),
      h("p", { class: "hint" }, "Code: ", h("code", {}, failure.code)),
      h("div", { class: "button-row" }, askAgain(state.prompt)),
    ),
  );
}

/** Say that a report was cancelled. */
export function showCancellation(place, state) {
  fill(
    place,
    notice(
      "wait",
      "This report was cancelled",
      h("p", {}, "No PDF was made."),
      h("div", { class: "button-row" }, askAgain(state.prompt)),
    ),
  );
}

/** Take the report's place when no report has this id. */
export function showMissing(place, workflowId) {
  document.title = "No such report – Durable Reports";
  place.dataset.state = "missing";
  fill(
    place,
    h(
      "div",
      { class: "empty missing" },
      h("h1", {}, "There is no report here"),
      h("p", {}, "Nothing is known under the id ", h("code", {}, workflowId), ". The link may be cut or mistyped."),
      h(
        "div",
        { class: "button-row" },
        h("a", { class: "button button--primary", href: "/" }, "Ask a question"),
        h("a", { class: "button", href: "/reports" }, "All reports"),
      ),
    ),
  );
}
