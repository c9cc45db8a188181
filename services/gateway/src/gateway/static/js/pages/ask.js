import { generateReport, getStatus } from "../api.js";
import { byId, fill, h, notice } from "../dom.js";
import { clearFieldErrors, showFieldError, showNotice, showProblem } from "../forms.js";
import { count, number } from "../format.js";
import { read } from "../part.js";
import { prefer, preference } from "../preferences.js";
import { keepAsked, keepDraft, keptDraft } from "../question.js";
import { Submission } from "../submission.js";
import "../shell.js";

const LIMIT = 16_000;

const form = byId("ask-form");
const prompt = byId("prompt");
const submit = byId("ask-submit");
const place = byId("ask-problem");
const by = byId("requested_by");
const submission = new Submission(generateReport);
// The report that this one is another run of.
const repeats = new URLSearchParams(location.search).get("repeats");
let sending = false;

// Characters as the server counts them: code points, without the white space around.
const lengthOf = (text) => Array.from(text.trim()).length;

function showLength() {
  const length = lengthOf(prompt.value);
  byId("prompt-length").textContent = number(length);
  byId("prompt-count").classList.toggle("ask__count--over", length > LIMIT);
}

function check() {
  const length = lengthOf(prompt.value);
  if (length === 0) return "Write a question first.";
  if (length > LIMIT) return `Shorten it by ${count(length - LIMIT, "character")}: the limit is ${number(LIMIT)}.`;
  return null;
}

function setSending(isSending) {
  sending = isSending;
  // Not `disabled`: a button that loses its focus loses the keyboard's place.
  submit.setAttribute("aria-disabled", String(isSending));
  submit.textContent = isSending ? "Sending…" : "Write the report";
  byId("ask-status").textContent = isSending ? "Sending your question." : "";
}

function showUnconfirmed(problem) {
  showNotice(
    place,
    notice(
      "wait",
      "Not confirmed yet",
      h("p", {}, `${problem.message} Your question is kept here.`),
      h("p", {}, "Trying again is safe: the same question cannot become two reports."),
      h("div", { class: "button-row" }, h("button", { class: "button button--small", type: "submit" }, "Try again")),
    ),
  );
}

async function send() {
  if (sending) return;
  clearFieldErrors(["prompt", "requested_by"]);
  fill(place);
  const error = check();
  if (error) {
    showFieldError("prompt", error);
    prompt.focus();
    return;
  }
  setSending(true);
  const mode = byId("review").checked ? "review" : "auto";
  const body = { prompt: prompt.value.trim(), mode, requested_by: by.value.trim() || null, repeats };
  prefer("requested-by", body.requested_by);
  try {
    const accepted = await submission.send(body);
    keepAsked(accepted.workflow_id, body.prompt);
    keepDraft("", repeats);
    location.assign(`/reports/${encodeURIComponent(accepted.workflow_id)}`);
  } catch (problem) {
    setSending(false);
    if (problem.isUnconfirmed) showUnconfirmed(problem);
    else showProblem(problem, place, "The question was not taken");
  }
}

async function showRepeated() {
  const link = byId("repeats-link");
  link.href = `/reports/${encodeURIComponent(repeats)}`;
  byId("repeats").hidden = false;
  try {
    const report = await getStatus(repeats);
    if (report.title) link.textContent = report.title;
    byId("review").checked = report.mode === "review";
    // What was typed meanwhile stays.
    prompt.value ||= report.prompt ?? "";
    showLength();
  } catch (problem) {
    showProblem(problem, place, "The earlier report could not be read");
  }
}

async function showRecent() {
  try {
    fill(byId("recent"), await read("/reports/recent"));
  } catch (problem) {
    fill(byId("recent"), notice("bad", "The list could not be read", h("p", {}, problem.message)));
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
prompt.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    send();
  }
});
prompt.addEventListener("input", () => {
  clearFieldErrors(["prompt"]);
  keepDraft(prompt.value, repeats);
  showLength();
});
byId("examples").addEventListener("click", (event) => {
  const chip = event.target.closest("button");
  if (!chip) return;
  prompt.value = chip.textContent;
  prompt.dispatchEvent(new Event("input"));
  prompt.focus();
});
// A page that comes back from the browser's cache still shows "Sending…".
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  setSending(false);
  prompt.value = keptDraft(repeats);
  showLength();
  showRecent();
});

by.value = preference("requested-by");
byId("review").checked = preference("default-mode") === "review";
prompt.value = keptDraft(repeats);
if (repeats) showRepeated();
showLength();
showRecent();
