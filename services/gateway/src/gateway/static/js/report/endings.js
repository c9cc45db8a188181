// What a page says when its report has ended without a PDF, or never was.

import { byId, fill, h, notice } from "../dom.js";
import { stepName } from "./steps.js";

/** Say why a report failed. */
export function showFailure(place, { failure }) {
  const { code, message, step } = failure ?? { code: "internal_error", message: "The reason was not recorded." };
  const [kind, title] =
    code === "review_rejected"
      ? ["wait", "The draft was rejected"]
      : ["bad", `This report failed${step ? ` while ${stepName(step).toLowerCase()}` : ""}`];
  fill(place, notice(kind, title, h("p", {}, message), h("p", { class: "hint" }, "Code: ", h("code", {}, code))));
}

/** Say that a report was cancelled. */
export function showCancellation(place) {
  fill(place, notice("wait", "This report was cancelled", h("p", {}, "No PDF was made.")));
}

/** Take the report's place when no report has this id. */
export function showMissing(workflowId) {
  document.title = "No such report – Durable Reports";
  byId("missing-id").textContent = workflowId;
  byId("missing").hidden = false;
  byId("report").hidden = true;
}
