// A report in a list of reports.

import { ago, count, date, stateClass, stateName } from "./format.js";
import { h } from "./dom.js";

/** Make an item of the short list: name, state, age. */
export function recentItem(report) {
  const tag = (status) => h("span", { class: stateClass(status) }, stateName(status));
  const { accepted_at: at, workflow_id: id } = report;
  return h(
    "li",
    { class: "recent__item" },
    h("a", { class: "recent__name", href: `/reports/${encodeURIComponent(id)}` }, report.title || report.prompt || id),
    h(
      "p",
      { class: "recent__facts" },
      tag(report.status),
      report.paused ? tag("PAUSED") : null,
      h("time", { datetime: at, title: date(at) }, ago(at)),
      report.pages ? h("span", {}, count(report.pages, "page")) : null,
    ),
  );
}
