// What a report page knows, as a pure function of the events it has heard.

const ENDED = new Set(["COMPLETED", "FAILED", "CANCELLED"]);

export const initialState = {
  status: null,
  mode: null,
  revision: 1,
  title: null,
  prompt: "",
  steps: [],
  startedAt: null,
  finishedAt: null,
  failure: null,
  text: "",
  textRevision: 1,
  // Length of `text` in code points: the server's offsets count those, JavaScript's strings count UTF-16 units.
  textLength: 0,
};

export const hasEnded = (state) => ENDED.has(state.status);

const lengthOf = (text) => Array.from(text).length;

function cut(state, offset) {
  if (offset >= state.textLength) return state.text;
  return Array.from(state.text).slice(0, offset).join("");
}

function withText(state, text, revision, length = lengthOf(text)) {
  return { ...state, text, textRevision: revision, textLength: length };
}

function addText(state, { revision, offset, text }) {
  if (revision < state.textRevision) return state;
  const base = revision > state.textRevision ? withText(state, "", revision, 0) : state;
  const length = Math.min(offset, base.textLength) + lengthOf(text);
  return withText(base, cut(base, offset) + text, revision, length);
}

function withProgress(before, progress) {
  const revision = progress.revision ?? before.revision;
  // A new revision begins with an empty sheet.
  const state = revision > before.textRevision ? withText(before, "", revision, 0) : before;
  return {
    ...state,
    status: progress.status ?? state.status,
    mode: progress.mode ?? state.mode,
    revision,
    title: progress.title ?? state.title,
    prompt: progress.prompt ?? state.prompt,
    steps: progress.steps?.length ? progress.steps : state.steps,
    startedAt: progress.started_at ?? progress.accepted_at ?? state.startedAt,
    finishedAt: progress.finished_at ?? state.finishedAt,
    failure: progress.failure ?? state.failure,
  };
}

// The news of the end may overtake that of the last step: what still ran has ended with the report, and of a
// completed one every step is done.
function ended(state, status, data, stepState) {
  const now = new Date().toISOString();
  const steps = state.steps.map((step) => {
    if (step.state === "running") return { ...step, state: stepState, finished_at: now };
    return step.state === "pending" && status === "COMPLETED" ? { ...step, state: stepState } : step;
  });
  return { ...state, status, steps, title: data.title ?? state.title, failure: data.failure ?? state.failure };
}

/** Give the state after one event of the stream; an event that comes late changes nothing. */
export function reduce(state, type, data) {
  if (type === "snapshot") {
    const next = withProgress(state, data);
    return typeof data.text === "string" ? withText(next, data.text, next.revision) : next;
  }
  // The last words may come after the news of the end.
  if (type === "text") return addText(state, data);
  if (hasEnded(state)) return state;
  switch (type) {
    case "accepted":
      return { ...state, status: state.status ?? "ACCEPTED", mode: data.mode ?? state.mode };
    case "started":
    case "progress":
      return withProgress(state, data.progress ?? data);
    case "draft_ready":
      return {
        ...state,
        status: "WAITING_FOR_REVIEW",
        revision: data.revision ?? state.revision,
        title: data.title ?? state.title,
      };
    case "completed":
      return ended(state, "COMPLETED", data, "done");
    case "failed":
      return ended(state, "FAILED", data, "failed");
    case "cancelled":
      return ended(state, "CANCELLED", data, "cancelled");
    default:
      return state;
  }
}

/** Add what the report's record says and its events do not. */
export function withFacts(state, facts) {
  return {
    ...state,
    prompt: facts.prompt || state.prompt,
    title: state.title ?? facts.title ?? null,
    startedAt: facts.started_at ?? state.startedAt,
    finishedAt: facts.finished_at ?? state.finishedAt,
  };
}

/** Give the times between which the report was worked on, in ms; `end` is null while it is. */
export function timesOf(state) {
  const times = (key) => state.steps.map((step) => Date.parse(step[key])).filter(Number.isFinite);
  const starts = state.startedAt ? [Date.parse(state.startedAt)] : times("started_at");
  const ends = state.finishedAt ? [Date.parse(state.finishedAt)] : times("finished_at");
  return {
    start: starts.length ? Math.min(...starts) : null,
    end: hasEnded(state) && ends.length ? Math.max(...ends) : null,
  };
}
