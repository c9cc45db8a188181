import { cancelReport } from "../api.js";
import { confirm } from "../dialog.js";
import { fill, h, icon, notice } from "../dom.js";

async function cancel(workflowId, place, button) {
  const sure = await confirm({
    title: "Cancel this report?",
    detail: "The model stops writing and no PDF is made. What it has written so far stays on this page.",
    action: "Cancel the report",
    back: "Keep writing",
  });
  if (!sure) return;
  button.setAttribute("aria-disabled", "true");
  button.lastChild.textContent = "Cancelling…";
  try {
    await cancelReport(workflowId);
  } catch (problem) {
    const kind = problem.status === 409 ? "wait" : "bad";
    const title = problem.title || "The report was not cancelled";
    fill(place, notice(kind, title, h("p", {}, problem.message)), cancelButton(workflowId, place));
  }
}

function cancelButton(workflowId, place) {
  const button = h("button", { class: "button button--small", type: "button" }, icon("stop", 16), "Cancel the report");
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-disabled") !== "true") cancel(workflowId, place, button);
  });
  return button;
}

/** Offer to cancel a report while it can be; `offered` false takes the offer away. */
export function offerCancel(place, workflowId, offered) {
  if (!offered) fill(place);
  else if (!place.hasChildNodes()) fill(place, cancelButton(workflowId, place));
}
