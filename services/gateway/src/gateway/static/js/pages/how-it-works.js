import { getHealth } from "../api.js";
import { byId, fill, h } from "../dom.js";
import "../shell.js";

const INTERVAL = 10_000;

const NAMES = {
  nats: "NATS",
  temporal: "Temporal",
  postgresql: "PostgreSQL",
  artifacts: "Artifact store",
  "workers: reports": "Orchestrator",
  "workers: llm": "Writing",
  "workers: pdf": "Typesetting",
  "workers: metadata": "Recording",
  "workers: notification": "Announcing",
};

const tag = (kind, text) => h("span", { class: `tag tag--${kind}` }, text);

// The parts of the drawing name the check that tells of them; the gateway is well if it answers at all.
function mark(checks, gatewayIsUp) {
  for (const node of document.querySelectorAll(".node[data-check]")) {
    const name = node.dataset.check;
    const isWell = name === "gateway" ? gatewayIsUp : checks[name]?.ok;
    node.dataset.health = isWell === undefined ? "unknown" : isWell ? "well" : "ill";
  }
}

function line([name, check]) {
  return h(
    "div",
    {},
    h("dt", {}, NAMES[name] ?? name),
    h("dd", {}, tag(check.ok ? "good" : "bad", check.ok ? "Works" : "Not available")),
    check.ok || !check.detail ? null : h("dd", { class: "checks__detail" }, check.detail),
  );
}

async function show() {
  const state = byId("health-state");
  try {
    const { status, checks } = await getHealth();
    const isReady = status === "ready";
    const text = isReady ? "Everything a report needs is there." : "Some parts are missing. Reports wait for them; none is lost.";
    // Written only when it changes, because a screen reader says it each time.
    if (state.textContent !== text) state.textContent = text;
    fill(byId("checks"), Object.entries(checks).map(line));
    mark(checks, true);
  } catch {
    state.textContent = "The gateway does not answer. Trying again…";
    fill(byId("checks"));
    mark({}, false);
  }
}

show();
setInterval(() => {
  if (!document.hidden) show();
}, INTERVAL);
