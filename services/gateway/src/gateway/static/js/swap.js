// Pages that the server fills: what changes on them is fetched again and put in place, without a reload.

import { byId, fill, h, notice } from "./dom.js";
import { readPage, sayTimes } from "./part.js";

const REFRESH_INTERVAL = 1000;
const FIELDS = ", form[data-swap]";

let latest = null;
let timer = null;

// What has not changed stays as it is; in what has, the keyboard keeps its place.
// A count is spoken to who has asked for it, not whenever something happens somewhere.
function put(part, fresh, isAsked) {
  if (part.role === "status") {
    part.ariaLive = isAsked ? "polite" : "off";
    if (part.textContent !== fresh.textContent) part.textContent = fresh.textContent;
    return;
  }
  if (part.isEqualNode(fresh)) return;
  const focused = part.contains(document.activeElement) && document.activeElement.getAttribute("href");
  part.replaceWith(fresh);
  if (focused) fresh.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

/** Show the page as `address` has it: its parts marked `data-part`, and those that `also` selects. */
export async function show(address = location.href, also = "", isAsked = false) {
  clearTimeout(timer);
  timer = null;
  latest?.abort();
  latest = new AbortController();
  try {
    const fresh = await readPage(address, { signal: latest.signal });
    for (const part of document.querySelectorAll(`[data-part]${also}`)) put(part, fresh.getElementById(part.id), isAsked);
    fill(byId("problem"));
  } catch (problem) {
    if (problem.name !== "AbortError") fill(byId("problem"), notice("bad", "This could not be read", h("p", {}, problem.message)));
  }
}

/** Show what is new, but not more often than once a second. */
export function showSoon() {
  timer ??= setTimeout(() => show(), REFRESH_INTERVAL);
}

// The fields are part of what an address says, except while somebody is at them.
function go(address, also) {
  history.pushState(null, "", address);
  show(address, also, true);
}

function submit(event) {
  const form = event.target.closest("form[data-swap]");
  if (!form) return;
  event.preventDefault();
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value.trim()));
  const address = query.size ? `${location.pathname}?${query}` : location.pathname;
  if (address !== location.pathname + location.search) go(address);
}

document.addEventListener("change", (event) => {
  if (event.target.form?.dataset.swap !== "submit") submit(event);
});
document.addEventListener("submit", submit);
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-swap]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go(link.href, FIELDS);
  byId("main").focus();
  scrollTo(0, 0);
});
addEventListener("popstate", () => show(location.href, FIELDS));
sayTimes(document);
