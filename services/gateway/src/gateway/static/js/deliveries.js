// What was sent to a webhook endpoint, and what it answered.

import { h, icon } from "./dom.js";
import { ago, date } from "./format.js";
import { WEBHOOK_EVENTS } from "./webhook-events.js";

const STATES = { pending: ["Trying", "running"], delivered: ["Delivered", "good"], failed: ["Given up", "bad"] };
const COLUMNS = ["Event", "State", "Attempts", "Last answer", "When", "Again"];

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

function row(delivery, replay) {
  const cell = (label, ...children) => h("td", { role: "cell", "data-label": label }, ...children);
  const link = `/reports/${encodeURIComponent(delivery.workflow_id)}`;
  return h(
    "tr",
    { role: "row" },
    h(
      "th",
      { role: "rowheader", scope: "row", class: "cell-wide delivery__event" },
      h("a", { href: link }, WEBHOOK_EVENTS[delivery.event_type] ?? delivery.event_type),
    ),
    h("td", { role: "cell" }, stateTag(delivery.state)),
    cell("Attempts", String(delivery.attempts)),
    cell("Last answer", lastAnswer(delivery)),
    cell("When", h("time", { datetime: delivery.updated_at, title: date(delivery.updated_at) }, ago(delivery.updated_at))),
    h("td", { role: "cell" }, replayButton(delivery, replay)),
  );
}

/** Make the table of an endpoint's deliveries; `replay(delivery)` sends one again and may throw a Problem. */
export function deliveriesTable(deliveries, replay) {
  const head = COLUMNS.map((name) => h("th", { role: "columnheader", scope: "col" }, name));
  return h(
    "table",
    { class: "table", role: "table", "aria-label": "Deliveries" },
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, head)),
    h("tbody", { role: "rowgroup" }, deliveries.map((delivery) => row(delivery, replay))),
  );
}
