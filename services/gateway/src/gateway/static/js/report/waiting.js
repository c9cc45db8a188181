// What a report waits for, in words, and when it goes on.

import { fill, h, notice } from "../dom.js";
import { clock, time } from "../format.js";
import { hasEnded, stepOf } from "./state.js";

const DAY = 86_400_000;

function waitOf(state) {
  const { status, paused, live, wait, reviewUntil: until } = state;
  if (status === null || hasEnded(state)) return null;
  if (paused) return { title: "Paused", detail: "Work has stopped, and goes on when somebody resumes the report." };
  if (status === "WAITING_FOR_REVIEW") {
    const title = state.isReminded ? "Reminder: a decision is needed" : "Approval needed";
    return { title, detail: "The draft waits for a decision.", until, word: "Decide by" };
  }
  const isNow = live?.revision === state.revision && stepOf(state.steps) === live.step;
  const own = isNow && live.wait;
  // The step's own words are the better ones, until their time is over.
  const told = wait && !(Date.parse(own?.until) > Date.now()) ? { message: wait.reason, until: wait.until } : own;
  if (told) return { title: "Waiting", detail: told.message, until: told.until, word: "Goes on at" };
  return null;
}

function remaining(until) {
  const left = Date.parse(until) - Date.now();
  if (left <= 0) return " – any moment now";
  return left < DAY ? ` – in ${clock(left)}` : "";
}

/** Show what is waited for in `place`; called again, it brings the countdown up to date. */
export function showWait(place, state) {
  const wait = waitOf(state);
  const key = wait ? `${wait.title}|${wait.detail}|${wait.until ?? ""}` : "";
  if (place.dataset.wait !== key) {
    place.dataset.wait = key;
    const when = wait?.until && h("p", {}, `${wait.word} `, h("time", { datetime: wait.until }, time(wait.until)), h("span"));
    fill(place, wait && notice("wait", wait.title, h("p", {}, wait.detail), when || null));
  }
  const left = place.querySelector("time + span");
  if (left) left.textContent = remaining(wait.until);
  return wait?.title ?? "";
}
