import { byId, fill, h, notice } from "../dom.js";
import { listen } from "../feed.js";
import { ago, cost, date, duration, number } from "../format.js";
import "../shell.js";

const tag = (isGood, text) => h("span", { class: `tag tag--${isGood ? "good" : "bad"}` }, text);

// How a column shows what a row has there, as its heading says.
const AS = {
  code: (name) => h("code", {}, name),
  cost,
  report: (name, { workflow_id }) => h("a", { href: `/reports/${encodeURIComponent(workflow_id)}` }, name),
  seconds: (value) => (value === null ? "" : duration(value * 1000)),
  when: (iso) => (iso ? h("time", { datetime: iso, title: date(iso) }, ago(iso)) : ""),
  workers: (count) => (count ? number(count) : tag(false, "None")),
};
const plain = (value) => (typeof value === "number" ? number(value) : value);

const shown = new Map();

// What has not changed stays: the focus within it is not lost.
function isNews(place, data) {
  const now = JSON.stringify(data ?? null);
  const before = shown.get(place);
  shown.set(place, now);
  return now !== before;
}

function row(headings, data) {
  const cell = ({ textContent, className, dataset: { field, as } }, index) => {
    const content = (AS[as] ?? plain)(data[field], data);
    return index
      ? h("td", { role: "cell", "data-label": textContent, class: className }, content)
      : h("th", { role: "rowheader", scope: "row", class: "cell-wide" }, content);
  };
  return h("tr", { role: "row" }, headings.map(cell));
}

function showTable(table, view) {
  const [source, name] = table.dataset.rows.split(".");
  const rows = view[source]?.[name];
  if (!isNews(table, rows ?? view.silent[source])) return;
  fill(table.tBodies[0], rows?.map((data) => row([...table.tHead.rows[0].cells], data)) ?? []);
  table.hidden = !rows?.length;
  const without = rows ? table.dataset.empty : `Not known now: ${view.silent[source]}`;
  table.nextElementSibling.textContent = rows?.length ? "" : without;
}

const part = ([name, { ok, detail }]) =>
  h("div", {}, h("dt", {}, name.replace("_", " ")), h("dd", {}, tag(ok, ok ? "Works" : "Not available")), h("dd", {}, detail));

const alarm = ({ name, severity, summary, description, since }) =>
  notice(severity === "page" ? "bad" : "wait", summary, h("p", {}, description), h("p", {}, AS.code(`docs/runbooks/${name}.md`), " ", AS.when(since)));

function showDashboards() {
  byId("dashboards").hidden = false;
  document.querySelector("#dashboards a").click();
}

// Written only when it changes, because a screen reader says it each time.
const say = (text) => isNews("state", text) && fill(byId("state"), text);

function show(view) {
  const parts = Object.entries(view.components);
  const ill = parts.filter(([, { ok }]) => !ok).length;
  say(ill ? `${ill} of ${parts.length} parts are not available.` : "Every part works.");
  if (isNews("parts", parts)) fill(byId("components"), parts.map(part));
  if (isNews("alerts", view.alerts)) fill(byId("alerts"), view.alerts?.map(alarm) ?? []);
  for (const table of document.querySelectorAll("table[data-rows]")) showTable(table, view);
  if (view.has_dashboards && byId("dashboards").hidden) showDashboards();
}

listen("/api/operations/events", "operations", show, { onLost: () => say("The gateway does not answer. Trying again…") });
