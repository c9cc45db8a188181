// The top of a report's page: what it is, how it stands, what can be done with it.

import { byId } from "../dom.js";
import { stateClass, stateName } from "../format.js";
import { titleOf } from "./live-text.js";

const LONGEST_HEADING = 140;
const PREFIXES = {
  ACCEPTED: "Accepted",
  RUNNING: "Writing",
  WAITING_FOR_REVIEW: "Review",
  FAILED: "Failed",
  CANCELLED: "Cancelled",
  PAUSED: "Paused",
};

/** Give the report's name: its title, or its question if that is short, or what it is. */
export function nameOf(state) {
  const title = state.title ?? titleOf(state.text);
  if (title) return title;
  return state.prompt && state.prompt.length <= LONGEST_HEADING ? state.prompt : "Your report";
}

/** Show title, question and state; also in the window's title. */
export function showHead(state) {
  const name = nameOf(state);
  byId("report-title").textContent = name;
  const question = byId("report-question");
  question.textContent = state.prompt;
  question.hidden = !state.prompt || state.prompt === name;
  // A long one scrolls, by keyboard too.
  question.tabIndex = question.scrollHeight > question.clientHeight ? 0 : -1;
  const tag = byId("state-tag");
  const status = state.paused ? "PAUSED" : state.status;
  tag.className = status ? stateClass(status) : "tag";
  tag.textContent = status ? stateName(status) : "Loading";
  const prefix = PREFIXES[status];
  document.title = `${prefix ? `${prefix}: ` : ""}${name} – Durable Reports`;
}

const CONNECTIONS = { connecting: "Connecting…", live: "Live", lost: "Connection lost, reconnecting…" };

/** Show how the page hears of the report; null when there is no more to hear. */
export function showConnection(connection) {
  const place = byId("connection");
  place.hidden = connection === null;
  place.dataset.connection = connection ?? "";
  place.textContent = CONNECTIONS[connection] ?? "";
}
