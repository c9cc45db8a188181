import { byId, fill, h } from "../dom.js";
import { listen } from "../feed.js";
import { count, number } from "../format.js";
import { preference } from "../preferences.js";
import { show } from "../swap.js";
import "../shell.js";

const state = byId("health");

// Written only when it changes, because a screen reader says it each time.
function say(text) {
  if (state.textContent !== text) state.textContent = text;
}

function facts({ ok, processes, waiting }) {
  if (!ok) return "missing";
  const known = [processes > 1 && count(processes, "process", "processes"), waiting && `${number(waiting)} waiting`];
  return known.filter(Boolean).join(", ") || "works";
}

function showHealth({ ok, components }) {
  const ills = [];
  for (const node of document.querySelectorAll("[data-component]")) {
    const component = components[node.dataset.component];
    node.dataset.health = component.ok ? "well" : "ill";
    node.lastElementChild.textContent = facts(component);
    if (!component.ok) ills.push(h("li", {}, `${node.firstElementChild.textContent}: ${component.detail}`));
  }
  fill(byId("ills"), ills);
  say(ok ? "Everything a report needs is there." : "Some parts are missing. Reports wait for them; none is lost.");
}

listen("/api/health/events", "health", showHealth, {
  onLost: () => say("The gateway does not answer. Trying again…"),
});
const mine = preference("requested-by");
if (mine && !location.search) show(`/how-it-works?${new URLSearchParams({ requested_by: mine })}`);
