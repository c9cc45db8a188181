import { postOnce, requestJson } from "../api.js";
import { confirm } from "../dialog.js";
import { byId, fill, h, notice } from "../dom.js";
import { listen } from "../feed.js";
import { clearFieldErrors, showProblem } from "../forms.js";
import { prefer, preference, timeZone } from "../preferences.js";
import { press } from "../press.js";
import { Submission } from "../submission.js";
import { show, showSoon } from "../swap.js";
import "../shell.js";

const FIELDS = ["name", "prompt", "calendar", "time_zone", "requested_by"];
// What each kind of calendar is made of; the style sheet shows these fields alone.
const PARTS = { hours: ["hours"], daily: ["at"], weekly: ["days", "at"], monthly: ["day", "at"], cron: ["expression"] };
const THEN = { pause: "resume", resume: "pause" };
const PREVIEW_AFTER = 250;

const form = document.getElementById("schedule-form");
const submission = new Submission((body, key) => postOnce("/api/schedules", body, key));
const pathOf = (id) => `/api/schedules/${encodeURIComponent(id)}`;
let timer = null;
let asked = 0;

function when(data) {
  const kind = data.get("kind");
  const value = (name) => (name === "days" ? data.getAll(name) : data.get(name));
  const parts = PARTS[kind].map((name) => [name, value(name)]);
  return { calendar: { kind, ...Object.fromEntries(parts) }, time_zone: data.get("time_zone").trim() };
}

async function preview() {
  const turn = ++asked;
  clearFieldErrors(["calendar", "time_zone"]);
  try {
    const json = when(new FormData(form));
    const { summary, next_runs: runs } = await requestJson("/api/schedules/preview", { method: "POST", json });
    if (turn !== asked) return;
    const lines = runs.slice(0, 3).map((run) => h("li", {}, run.text));
    fill(byId("preview"), h("p", {}, summary), h("ul", { class: "lines" }, lines));
  } catch (problem) {
    if (turn === asked) fill(byId("preview"), h("p", { class: "hint" }, problem.errors?.[0]?.detail ?? problem.message));
  }
}

function definition() {
  const data = new FormData(form);
  return {
    ...when(data),
    name: data.get("name"),
    prompt: data.get("prompt"),
    mode: data.get("mode") ?? "auto",
    requested_by: data.get("requested_by").trim() || null,
    overlap: data.get("overlap"),
    catch_up_seconds: Number(data.get("catch_up_seconds")),
    pause_on_failure: data.has("pause_on_failure"),
  };
}

async function keep() {
  const body = definition();
  const { name } = await submission.send(body);
  prefer("requested-by", body.requested_by);
  form.name.value = form.prompt.value = "";
  fill(byId("said"), notice("good", `“${name}” is kept.`));
  await show();
  showSoon();
}

// Only what was changed here is sent: what somebody else has changed meanwhile stays.
async function change(id, before) {
  const isNew = ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name]);
  const json = Object.fromEntries(Object.entries(definition()).filter(isNew));
  await requestJson(pathOf(id), { method: "PATCH", json });
  location.replace(`/schedules#schedule-${id}`);
  return true;
}

function startForm() {
  const { id } = form.dataset;
  if (id) form.name.focus();
  else {
    form.time_zone.value = timeZone;
    form.requested_by.value = preference("requested-by");
  }
  const before = definition();
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(preview, PREVIEW_AFTER);
  });
  const place = byId("schedule-problem");
  const send = async () => {
    clearFieldErrors(FIELDS);
    try {
      return await (id ? change(id, before) : keep());
    } catch (problem) {
      showProblem(problem, place, `The ${id ? "changes were" : "schedule was"} not kept`);
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    press(form.querySelector("[type=submit]"), place, send);
  });
  preview();
}

async function act({ act: what, id, name }) {
  fill(byId("said"));
  const path = pathOf(id);
  const run = await (what === "delete"
    ? requestJson(path, { method: "DELETE" })
    : requestJson(`${path}/${what}`, { method: "POST" }));
  await show();
  if (what === "run") {
    const link = run.workflow_id
      ? h("a", { href: `/reports/${run.workflow_id}` }, "Watch it being written")
      : "It waits for the run before it.";
    fill(byId("said"), notice("good", `“${name}” runs now.`, h("p", {}, link)));
  }
  // The button that had the focus is another one now, or gone.
  const next = document.querySelector(`[data-act="${THEN[what] ?? what}"][data-id="${id}"]`);
  (next ?? byId("list-title")).focus();
}

async function isSure({ act: what, name }) {
  const detail = "It starts no more reports. Those it has started stay.";
  return what !== "delete" || confirm({ title: `Delete “${name}”?`, detail, action: "Delete the schedule" });
}

document.getElementById("zones")?.append(...(Intl.supportedValuesOf?.("timeZone") ?? []).map((zone) => h("option", { value: zone })));
document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-act]");
  if (button) press(button, byId("problem"), () => act(button.dataset), () => isSure(button.dataset));
});
listen("/api/reports/events", "report", showSoon);
if (form) startForm();
