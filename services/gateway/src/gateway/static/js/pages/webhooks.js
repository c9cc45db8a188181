import { addWebhook, deleteWebhook, listDeliveries, listWebhooks, replayDelivery } from "../api.js";
import { copyable } from "../clipboard.js";
import { confirm } from "../dialog.js";
import { byId, failure, fill, h, notice } from "../dom.js";
import { clearFieldErrors, showFieldError, showProblem } from "../forms.js";
import { date } from "../format.js";
import { deliveriesTable } from "../deliveries.js";
import { WEBHOOK_EVENTS } from "../webhook-events.js";
import "../shell.js";

const FIELDS = ["url", "description", "event_types"];

const form = byId("webhook-form");
const list = byId("endpoints");

const say = (message) => {
  byId("webhook-status").textContent = message;
};

function showSecret(endpoint) {
  fill(
    byId("new-secret"),
    notice(
      "good",
      "The endpoint is added. Keep its secret now.",
      h("p", {}, "Check the signature of every call with it. It is shown this once and cannot be read again."),
      copyable(endpoint.secret, "the secret"),
    ),
  );
  byId("new-secret").focus();
}

function check(body) {
  let isValid = true;
  const wrong = (name, detail) => {
    showFieldError(name, detail);
    isValid = false;
  };
  if (!/^https?:\/\/\S+$/i.test(body.url)) wrong("url", "Write the whole address, beginning with https:// or http://.");
  if (body.event_types.length === 0) wrong("event_types", "Choose at least one.");
  return isValid;
}

async function add() {
  clearFieldErrors(FIELDS);
  fill(byId("webhook-problem"));
  const data = new FormData(form);
  const body = {
    url: data.get("url").trim(),
    description: data.get("description").trim(),
    event_types: data.getAll("event_types"),
  };
  if (!check(body)) {
    form.querySelector('[aria-invalid="true"]').focus();
    return;
  }
  try {
    showSecret(await addWebhook(body));
    form.reset();
    await show();
  } catch (problem) {
    showProblem(problem, byId("webhook-problem"), "The endpoint was not added");
  }
}

async function remove(endpoint) {
  const sure = await confirm({
    title: "Delete this endpoint?",
    detail: `Nothing more is sent to ${endpoint.url}, not even what is still being retried.`,
    action: "Delete the endpoint",
  });
  if (!sure) return;
  try {
    await deleteWebhook(endpoint.endpoint_id);
    say("The endpoint is deleted.");
    fill(byId("new-secret"));
    await show();
    byId("list-title").focus();
  } catch (problem) {
    fill(byId("new-secret"), notice("bad", "The endpoint was not deleted", h("p", {}, problem.message)));
  }
}

async function showDeliveries(endpoint, place) {
  const replay = async (delivery) => {
    await replayDelivery(delivery.delivery_id);
    say("The delivery is being sent again.");
    await showDeliveries(endpoint, place);
    // The button that had the focus is a new one now.
    place.closest("details").querySelector("summary").focus();
  };
  try {
    const { deliveries } = await listDeliveries(endpoint.endpoint_id);
    fill(
      place,
      deliveries.length
        ? deliveriesTable(deliveries, replay)
        : h("p", { class: "hint" }, "Nothing was sent to this endpoint yet."),
    );
  } catch (problem) {
    fill(place, failure("The deliveries could not be read", problem, () => showDeliveries(endpoint, place)));
  }
}

function deliveriesOf(endpoint) {
  const place = h("div", { class: "endpoint__deliveries", "aria-live": "polite" });
  const details = h("details", { class: "endpoint__details" }, h("summary", {}, "Deliveries"), place);
  details.addEventListener("toggle", () => details.open && showDeliveries(endpoint, place));
  return details;
}

function endpointItem(endpoint) {
  const names = endpoint.event_types.map((type) => WEBHOOK_EVENTS[type] ?? type);
  return h(
    "li",
    { class: "endpoint" },
    h(
      "div",
      { class: "endpoint__head" },
      h(
        "div",
        { class: "endpoint__about" },
        h("h3", { class: "endpoint__url" }, endpoint.url),
        endpoint.description ? h("p", {}, endpoint.description) : null,
        h("p", { class: "hint" }, `${names.join(", ")} · added ${date(endpoint.created_at)}`),
      ),
      h(
        "button",
        {
          class: "button button--small button--danger",
          type: "button",
          "aria-label": `Delete ${endpoint.url}`,
          onclick: () => remove(endpoint),
        },
        "Delete",
      ),
    ),
    deliveriesOf(endpoint),
  );
}

async function show() {
  try {
    const { endpoints } = await listWebhooks();
    fill(
      list,
      endpoints.length
        ? h("ul", { class: "endpoints" }, endpoints.map(endpointItem))
        : h(
            "div",
            { class: "empty" },
            h("h3", {}, "No endpoints yet"),
            h("p", {}, "Add an address of yours, and it hears of every report that ends."),
          ),
    );
  } catch (problem) {
    fill(list, failure("The endpoints could not be read", problem, show));
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  add();
});
form.addEventListener("input", (event) => clearFieldErrors([event.target.name]));
show();
