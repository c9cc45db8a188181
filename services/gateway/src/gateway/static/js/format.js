// Numbers, times and states in words.

import { timeZone } from "./preferences.js";

const language = document.documentElement.lang || "en";
const dateTime = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short", timeZone });
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
const timeOfDay = new Intl.DateTimeFormat(language, { timeStyle: "medium", timeZone });
const integer = new Intl.NumberFormat(language);

/** Format an ISO time as a local date and time; an absent one is an empty string. */
export function date(iso) {
  return iso ? dateTime.format(new Date(iso)) : "";
}

/** Format an ISO time as a local time of day, with the date unless it is today. */
export function time(iso, now = new Date()) {
  const when = new Date(iso);
  return when.toDateString() === now.toDateString() ? timeOfDay.format(when) : date(iso);
}

/** Say how long ago an ISO time was; days ago become a date. */
export function ago(iso, now = Date.now()) {
  const seconds = Math.round((new Date(iso) - now) / 1000);
  const size = Math.abs(seconds);
  if (size < 45) return "just now";
  if (size < 3600) return relative.format(Math.round(seconds / 60), "minute");
  if (size < 86_400) return relative.format(Math.round(seconds / 3600), "hour");
  if (size < 6 * 86_400) return relative.format(Math.round(seconds / 86_400), "day");
  return date(iso);
}

/** Format a span of milliseconds: 0.4 s, 12 s, 3 min 05 s, 2 h 10 min. */
export function duration(milliseconds) {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(Math.floor(seconds % 60)).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Format a running time as 0:07 or 1:02:33. */
export function clock(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** Format a whole number. */
export function number(value) {
  return integer.format(value);
}

/** Count things in words: 1 page, 2 pages. */
export function count(value, singular, plural = `${singular}s`) {
  return `${number(value)} ${value === 1 ? singular : plural}`;
}

/** Format a cost in US dollars; null (the price is unknown) is an empty string. */
export function cost(usd) {
  if (usd === null || usd === undefined) return "";
  const value = Number(usd);
  if (value === 0) return "$0.00";
  if (value < 0.0001) return "under $0.0001";
  return `$${value.toFixed(value < 1 ? 4 : 2)}`;
}

const STATES = {
  ACCEPTED: ["Accepted", ""],
  RUNNING: ["In progress", "running"],
  WAITING_FOR_REVIEW: ["Waiting for review", "waiting"],
  COMPLETED: ["Completed", "good"],
  FAILED: ["Failed", "bad"],
  CANCELLED: ["Cancelled", ""],
  // Not a status of its own: a report is paused in one of those above.
  PAUSED: ["Paused", "waiting"],
};

/** Give a report's state in words. */
export function stateName(status) {
  return STATES[status]?.[0] ?? status;
}

/** Give the class of the tag that shows a report's state. */
export function stateClass(status) {
  const kind = STATES[status]?.[1];
  return kind ? `tag tag--${kind}` : "tag";
}
