// What was sent to a webhook endpoint, and what it answered.

import { h, icon } from "./dom.js";
import { ago, date } from "./format.js";
import { table } from "./table.js";
import { WEBHOOK_EVENTS } from "./webhook-events.js";

const STATES = { pending: ["Trying", "running"], delivered: ["Delivered", "good"], failed: ["Given up", "bad"] };
const COLUMNS = [["Event", "delivery__event"], ["State", "", true], ["Attempts"], ["Last answer"], ["When"], ["Again", "", true]];

function stateTag(state) {
  const [name, kind] = STATES[state] ?? [state, ""];
  return h("span", { class: `tag tag--${kind}` }, name);
}

function lastAnswer({ last_status_code: status, last_error: error }) {
  return [status ? `HTTP ${status}` : "", error ?? ""].filter(Boolean).join(": ");
}

function replayButton(delivery, replay) {
  const button = h(
    "button",
    { class: "button button--small", type: "button", "aria-label": `Send ${delivery.event_type} of ${delivery.workflow_id} again` },
    icon("replay", 16),
    "Send again",
  );
  button.addEventListener("click", async () => {
    button.setAttribute("aria-disabled", "true");
    try {
      await replay(delivery);
    } catch (problem) {
      button.replaceWith(h("p", { class: "field__error", role: "alert" }, problem.message));
    }
  });
  return button;
}

function cells(delivery, replay) {
  const link = `/reports/${encodeURIComponent(delivery.workflow_id)}`;
  return [
    h("a", { href: link }, WEBHOOK_EVENTS[delivery.event_type] ?? delivery.event_type),
    stateTag(delivery.state),
    String(delivery.attempts),
    lastAnswer(delivery),
    h("time", { datetime: delivery.updated_at, title: date(delivery.updated_at) }, ago(delivery.updated_at)),
    replayButton(delivery, replay),
  ];
}

/** Make the table of an endpoint's deliveries; `replay(delivery)` sends one again and may throw a Problem. */
export const deliveriesTable = (deliveries, replay) =>
  table("Deliveries", COLUMNS, deliveries.map((delivery) => cells(delivery, replay)));
