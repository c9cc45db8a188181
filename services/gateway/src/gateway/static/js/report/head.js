// The top of a report's page: what it is, how it stands, what can be done with it.

import { documentUrl, pdfUrl } from "../api.js";
import { byId, fill, h, icon } from "../dom.js";
import { stateClass, stateName } from "../format.js";
import { keepDraft } from "../question.js";
import { titleOf } from "./live-text.js";

const LONGEST_HEADING = 140;
const LONGEST_QUESTION = 280;
const PREFIXES = {
  ACCEPTED: "Accepted",
  RUNNING: "Writing",
  WAITING_FOR_REVIEW: "Review",
  FAILED: "Failed",
  CANCELLED: "Cancelled",
};

/** Give the report's name: its title, or its question if that is short, or what it is. */
export function nameOf(state) {
  const title = state.title ?? titleOf(state.text);
  if (title) return title;
  return state.prompt && state.prompt.length <= LONGEST_HEADING ? state.prompt : "Your report";
}

function showQuestion(prompt, name) {
  const place = byId("report-question");
  place.hidden = !prompt || prompt === name;
  if (place.hidden || place.dataset.prompt === prompt) return;
  place.dataset.prompt = prompt;
  if (prompt.length <= LONGEST_QUESTION) {
    fill(place, prompt);
    return;
  }
  const start = `${prompt.slice(0, LONGEST_QUESTION).trimEnd()}… `;
  const more = h("button", { class: "link", type: "button", onclick: () => fill(place, prompt) }, "Show all of it");
  fill(place, start, more);
}

/** Show title, question and state; also in the window's title. */
export function showHead(state) {
  const name = nameOf(state);
  byId("report-title").textContent = name;
  showQuestion(state.prompt, name);
  const tag = byId("state-tag");
  tag.className = state.status ? stateClass(state.status) : "tag";
  tag.textContent = state.status ? stateName(state.status) : "Loading";
  const prefix = PREFIXES[state.status];
  document.title = `${prefix ? `${prefix}: ` : ""}${name} – Durable Reports`;
}

/** Make the button that takes this question back to the page to ask. */
export function askAgain(prompt, label = "Ask again") {
  return h(
    "a",
    { class: "button", href: "/", onclick: () => prompt && keepDraft(prompt) },
    icon("pen", 16),
    label,
  );
}

/** Show what can be done with a finished report. */
export function showActions(workflowId, prompt) {
  fill(
    byId("report-actions"),
    h(
      "a",
      { class: "button button--primary", href: pdfUrl(workflowId), target: "_blank", rel: "noopener" },
      icon("open", 16),
      "Open the PDF",
      h("span", { class: "visually-hidden" }, " (new tab)"),
    ),
    h(
      "a",
      { class: "button", href: `${pdfUrl(workflowId)}?download=1`, download: "" },
      icon("download", 16),
      "Download",
    ),
    h("a", { class: "button", href: documentUrl(workflowId, "md"), download: "" }, "Markdown"),
    h("a", { class: "button", href: documentUrl(workflowId, "html"), download: "" }, "HTML"),
    askAgain(prompt),
  );
}

const CONNECTIONS = { connecting: "Connecting…", live: "Live", lost: "Connection lost, reconnecting…" };

/** Show how the page hears of the report; null when there is no more to hear. */
export function showConnection(connection) {
  const place = byId("connection");
  place.hidden = connection === null;
  place.dataset.connection = connection ?? "";
  place.textContent = CONNECTIONS[connection] ?? "";
}
