import { addWebhook, deleteWebhook, replayDelivery } from "../api.js";
import { copyable } from "../clipboard.js";
import { confirm } from "../dialog.js";
import { byId, failure, fill, h, notice } from "../dom.js";
import { clearFieldErrors, showFieldError, showProblem } from "../forms.js";
import { read } from "../part.js";
import { press } from "../press.js";
import { show } from "../swap.js";
import "../shell.js";

const form = byId("webhook-form");

const say = (message) => {
  byId("webhook-status").textContent = message;
};

function showSecret({ secret }) {
  const detail = "Check the signature of every call with it. It is shown this once and cannot be read again.";
  const title = "The endpoint is added. Keep its secret now.";
  fill(byId("new-secret"), notice("good", title, h("p", {}, detail), copyable(secret, "the secret")));
  byId("new-secret").focus();
}

function check({ url, event_types: events }) {
  if (!/^https?:\/\/\S+$/i.test(url)) showFieldError("url", "Write the whole address, beginning with https:// or http://.");
  if (events.length === 0) showFieldError("event_types", "Choose at least one.");
  const wrong = form.querySelector('[aria-invalid="true"]');
  wrong?.focus();
  return !wrong;
}

async function add() {
  clearFieldErrors(["url", "description", "event_types"]);
  const data = new FormData(form);
  const body = { url: data.get("url"), description: data.get("description"), event_types: data.getAll("event_types") };
  if (!check(body)) return;
  try {
    showSecret(await addWebhook(body));
    form.reset();
    await show();
  } catch (problem) {
    showProblem(problem, byId("webhook-problem"), "The endpoint was not added");
  }
}

async function remove(endpoint) {
  await deleteWebhook(endpoint.dataset.id);
  say("The endpoint is deleted.");
  fill(byId("new-secret"));
  await show();
  byId("list-title").focus();
}

const isSure = (endpoint) =>
  confirm({
    title: "Delete this endpoint?",
    detail: `Nothing more is sent to ${endpoint.querySelector("h3").textContent}, not even what is still being retried.`,
    action: "Delete the endpoint",
  });

async function showDeliveries(endpoint) {
  const place = endpoint.querySelector(".endpoint__deliveries");
  try {
    fill(place, await read(`/webhooks/${encodeURIComponent(endpoint.dataset.id)}/deliveries`));
  } catch (problem) {
    fill(place, failure("The deliveries could not be read", problem, () => showDeliveries(endpoint)));
  }
}

async function sendAgain(endpoint, delivery) {
  await replayDelivery(delivery);
  say("The delivery is being sent again.");
  await showDeliveries(endpoint);
  // The button that had the focus is a new one now.
  endpoint.querySelector("summary").focus();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  press(form.querySelector("[type=submit]"), byId("webhook-problem"), add);
});
form.addEventListener("input", (event) => clearFieldErrors([event.target.name]));
document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-act]");
  if (!button) return;
  const endpoint = button.closest(".endpoint");
  const place = endpoint.querySelector(".endpoint__problem");
  if (button.dataset.act === "delete") press(button, place, () => remove(endpoint), () => isSure(endpoint));
  else press(button, place, () => sendAgain(endpoint, button.dataset.id));
});
// Captured, because it does not bubble; a dialog has it too.
document.addEventListener(
  "toggle",
  ({ target }) => target.matches(".endpoint__details[open]") && showDeliveries(target.closest(".endpoint")),
  true,
);
