// A report in a list of reports.

import { ago, cost, count, date, stateClass, stateName } from "./format.js";
import { h } from "./dom.js";

/** Give what a report is called: its title, or its question while it has none. */
export function reportName(report) {
  return report.title || report.prompt || report.workflow_id;
}

export const reportLink = (report) => `/reports/${encodeURIComponent(report.workflow_id)}`;

export const stateTag = (status) => h("span", { class: stateClass(status) }, stateName(status));

/** Make an item of the short list: name, state, age. */
export function recentItem(report) {
  return h(
    "li",
    { class: "recent__item" },
    h("a", { class: "recent__name", href: reportLink(report) }, reportName(report)),
    h(
      "p",
      { class: "recent__facts" },
      stateTag(report.status),
      h("time", { datetime: report.accepted_at, title: date(report.accepted_at) }, ago(report.accepted_at)),
      report.pages ? h("span", {}, count(report.pages, "page")) : null,
    ),
  );
}

const cell = (label, attributes, ...children) =>
  h("td", { role: "cell", "data-label": label, ...attributes }, ...children);

/** Make a row of the history's table; roles keep it a table where phones lay it out as a card. */
export function reportRow(report) {
  const subtitle = report.title && report.prompt !== report.title ? report.prompt : null;
  return h(
    "tr",
    { role: "row" },
    h(
      "th",
      { role: "rowheader", scope: "row", class: "cell-wide report-name" },
      h("a", { href: reportLink(report) }, reportName(report)),
      subtitle ? h("p", { class: "report-name__question" }, subtitle) : null,
    ),
    h("td", { role: "cell" }, stateTag(report.status)),
    cell("Model", { class: "report-model" }, report.model ?? ""),
    cell("Pages", { class: "numeric" }, report.pages ? String(report.pages) : ""),
    cell("Cost", { class: "numeric" }, cost(report.cost_usd)),
    cell(
      "Asked",
      { class: "numeric" },
      h("time", { datetime: report.accepted_at, title: date(report.accepted_at) }, ago(report.accepted_at)),
    ),
  );
}
