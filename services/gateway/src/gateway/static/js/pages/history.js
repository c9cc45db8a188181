import { listReports } from "../api.js";
import { byId, fill, h, notice } from "../dom.js";
import { count, number } from "../format.js";
import { reportRow } from "../report-rows.js";
import "../shell.js";

const PAGE_SIZE = 20;
const COLUMNS = [
  ["Report", ""],
  ["State", ""],
  ["Model", ""],
  ["Pages", "numeric"],
  ["Cost", "numeric"],
  ["Asked", "numeric"],
];

const form = byId("filters");
let latest = null;

function readAddress() {
  const query = new URLSearchParams(location.search);
  return {
    search: query.get("search") ?? "",
    status: query.get("status") ?? "",
    page: Math.max(1, Number.parseInt(query.get("page") ?? "1", 10) || 1),
  };
}

function addressOf({ search, status, page }) {
  const query = new URLSearchParams();
  if (search) query.set("search", search);
  if (status) query.set("status", status);
  if (page > 1) query.set("page", String(page));
  return query.size ? `/reports?${query}` : "/reports";
}

function table(reports) {
  const head = COLUMNS.map(([name, kind]) => h("th", { role: "columnheader", scope: "col", class: kind }, name));
  return h(
    "table",
    { class: "table history", role: "table", "aria-label": "Reports" },
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, head)),
    h("tbody", { role: "rowgroup" }, reports.map(reportRow)),
  );
}

function nothing(filters) {
  if (filters.search || filters.status) {
    return h(
      "div",
      { class: "empty" },
      h("h2", {}, "No report matches"),
      h("p", {}, "Try fewer words or another state."),
      h("a", { class: "button", href: "/reports" }, "Show all reports"),
    );
  }
  return h(
    "div",
    { class: "empty" },
    h("h2", {}, "Nothing here yet"),
    h("p", {}, "Reports are kept here for good, with what they cost and how long they took."),
    h("a", { class: "button button--primary", href: "/" }, "Ask the first question"),
  );
}

function showPaging(filters, total) {
  const pages = Math.ceil(total / PAGE_SIZE);
  const paging = byId("paging");
  paging.hidden = pages < 2;
  const link = (page, text, rel) =>
    page < 1 || page > pages
      ? h("span", { class: "button button--small", "aria-disabled": "true" }, text)
      : h("a", { class: "button button--small", href: addressOf({ ...filters, page }), rel }, text);
  fill(
    paging,
    link(filters.page - 1, "Newer", "prev"),
    h("p", { class: "hint" }, `Page ${number(filters.page)} of ${number(pages)}`),
    link(filters.page + 1, "Older", "next"),
  );
}

async function show() {
  const filters = readAddress();
  form.search.value = filters.search;
  form.status.value = filters.status;
  latest?.abort();
  latest = new AbortController();
  try {
    const query = { ...filters, page_size: PAGE_SIZE };
    const { items, total } = await listReports(query, { signal: latest.signal });
    byId("summary").textContent = total ? count(total, "report") : "No reports";
    fill(byId("history"), items.length ? table(items) : nothing(filters));
    showPaging(filters, total);
  } catch (problem) {
    if (problem.name === "AbortError") return;
    byId("summary").textContent = "";
    const again = h("button", { class: "button button--small", type: "button", onclick: show }, "Try again");
    fill(byId("history"), notice("bad", "The reports could not be read", h("p", {}, problem.message), again));
  }
}

function go(address) {
  history.pushState(null, "", address);
  show();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  go(addressOf({ search: form.search.value.trim(), status: form.status.value, page: 1 }));
});
form.status.addEventListener("change", () => form.requestSubmit());
byId("paging").addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go(link.getAttribute("href"));
  byId("main").focus();
  scrollTo(0, 0);
});
addEventListener("popstate", show);
addEventListener("pageshow", (event) => event.persisted && show());
show();
