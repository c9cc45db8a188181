import { fill, h, icon } from "../dom.js";
import { duration, time } from "../format.js";

const NAMES = {
  llm_call: "Writing",
  review: "Review",
  create_pdf: "Typesetting",
  store_report_metadata: "Recording",
  send_notification: "Announcing",
};
const STATES = {
  pending: "not started",
  running: "in progress",
  done: "done",
  failed: "failed",
  cancelled: "cancelled",
};
const MARKS = { done: "check", failed: "close", cancelled: "close" };

const PENDING = Object.keys(NAMES).map((name) => ({ name, state: "pending" }));

/** Give a step's name as people read it. */
export const stepName = (name) => NAMES[name] ?? name;

function took(step) {
  if (!step.started_at) return "";
  const end = step.finished_at ? Date.parse(step.finished_at) : Date.now();
  return step.finished_at || step.state === "running" ? duration(end - Date.parse(step.started_at)) : "";
}

const attempt = (number) => (number > 1 ? h("span", { class: "step__attempt" }, ` attempt ${number}`) : null);
const begun = (iso) => h("time", { class: "step__begun", datetime: iso }, time(iso));

// Nobody reviews a report that was asked for without a review.
const isShown = (step, mode) => step.name !== "review" || step.state !== "pending" || mode === "review";

/** Show the steps with their states and timings. */
export function showSteps(place, { steps, mode, attempts }) {
  const shown = (steps.length ? steps : PENDING).filter((step) => isShown(step, mode));
  fill(
    place,
    shown.map((step) =>
      h(
        "li",
        { class: `step step--${step.state}`, "aria-current": step.state === "running" ? "step" : null },
        h("span", { class: "step__mark" }, MARKS[step.state] ? icon(MARKS[step.state], 14) : null),
        h(
          "span",
          { class: "step__name" },
          stepName(step.name),
          h("span", { class: "visually-hidden" }, `, ${STATES[step.state] ?? step.state}`),
          attempt(attempts[step.name]),
        ),
        step.started_at ? begun(step.started_at) : null,
        h("span", { class: "step__time" }, took(step)),
      ),
    ),
  );
}

/** Bring the timing of the running step up to date without touching anything else. */
export function tickSteps(place, { steps, mode }) {
  const shown = steps.filter((step) => isShown(step, mode));
  shown.forEach((step, index) => {
    if (step.state !== "running") return;
    const span = place.children[index]?.querySelector(".step__time");
    if (span) span.textContent = took(step);
  });
}
