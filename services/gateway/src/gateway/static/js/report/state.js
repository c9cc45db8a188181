// What a report page knows, as a pure function of the events it has heard.

const ENDED = new Set(["COMPLETED", "FAILED", "CANCELLED"]);
const FILING = new Set(["store_report_metadata", "send_notification"]);

export const initialState = {
  status: null,
  mode: null,
  revision: 1,
  title: null,
  prompt: "",
  steps: [],
  startedAt: null,
  finishedAt: null,
  updatedAt: null,
  reviewUntil: null,
  isReminded: false,
  paused: false,
  failure: null,
  // Of the finished revisions; what the running step says of itself; what Temporal said of its wait.
  revisions: [],
  usage: null,
  cost: null,
  live: null,
  wait: null,
  attempts: {},
  text: "",
  textRevision: 1,
  // Length of `text` in code points: the server's offsets count those, JavaScript's strings count UTF-16 units.
  textLength: 0,
};

export const hasEnded = (state) => ENDED.has(state.status);

const lengthOf = (text) => Array.from(text).length;

// What the stream has forgotten leaves empty lines, so that offsets stay true.
function cut(state, offset) {
  if (offset >= state.textLength) return state.text + "\n".repeat(offset - state.textLength);
  return Array.from(state.text).slice(0, offset).join("");
}

function withText(state, text, revision, length = lengthOf(text)) {
  return { ...state, text, textRevision: revision, textLength: length };
}

function addText(state, { revision, offset, text }) {
  if (revision < state.textRevision) return state;
  const base = onSheetOf(state, revision);
  return withText(base, cut(base, offset) + text, revision, offset + lengthOf(text));
}

/** Give the name of the step that is being worked on. */
export const stepOf = (steps) => steps.find((step) => step.state === "running")?.name;

// A new revision begins with an empty sheet.
const onSheetOf = (state, revision) => (revision > state.textRevision ? withText(state, "", revision, 0) : state);

function withProgress(before, progress) {
  const revision = progress.revision ?? before.revision;
  const state = onSheetOf(before, revision);
  const goesOn = progress.steps?.length && stepOf(progress.steps) !== stepOf(before.steps);
  return {
    ...state,
    updatedAt: progress.updated_at ?? state.updatedAt,
    reviewUntil: progress.review_until ?? null,
    isReminded: state.isReminded && revision === before.revision,
    paused: progress.paused ?? state.paused,
    revisions: progress.revisions ?? state.revisions,
    usage: progress.usage ?? state.usage,
    cost: progress.cost_usd ?? null,
    wait: goesOn ? null : state.wait,
    attempts: revision > before.revision ? {} : state.attempts,
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

// One message may overtake another.
const isLate = (state, data) => Date.parse(data.updated_at) < Date.parse(state.updatedAt);

function withLive(state, live) {
  const { revision, step, attempt } = state.live ?? {};
  if (live.revision < revision || (live.step === step && live.revision === revision && live.attempt < attempt)) return state;
  return { ...state, live, wait: null, attempts: { ...state.attempts, [live.step]: live.attempt } };
}

const atWork = (live, { attempt }) => (attempt > live?.attempt ? { ...live, attempt, wait: null } : live);

function withSnapshot(state, data) {
  const next = withProgress(state, data);
  const live = data.live_status ?? next.live;
  const attempts = { ...next.attempts, ...(live && { [live.step]: live.attempt }), ...data.attempts };
  const shown = { ...next, live, attempts, wait: data.waiting_for ?? null };
  return typeof data.text === "string" ? withText(shown, data.text, next.revision) : shown;
}

// An answer to a question of the page's own: the stream may have told more since, and tells steps with their times.
// Where Temporal does not answer, it is the row, which has no such time and may be of the draft before.
function withAnswer(state, data) {
  if (!hasEnded(state)) return isLate(state, data) || data.revision < state.revision ? state : withSnapshot(state, data);
  return data.status && !hasEnded(data) ? state : withSnapshot(state, { ...data, steps: [] });
}

// The news of the end may overtake that of the last step: what still ran has ended with the report, and of a
// completed one every step is done. Of any other it is recorded and announced, or there were no news.
function ended(state, status, data, stepState) {
  const now = new Date().toISOString();
  const steps = state.steps.map((step) => {
    const isDone = status === "COMPLETED" || FILING.has(step.name);
    if (step.state === "running") return { ...step, state: isDone ? "done" : stepState, finished_at: now };
    return step.state === "pending" && isDone ? { ...step, state: "done" } : step;
  });
  const title = data.title ?? state.title;
  const failure = data.failure ?? state.failure;
  return { ...state, status, steps, title, failure, paused: false, revision: data.revision ?? state.revision };
}

/** Give the state after one event of the stream; an event that comes late changes nothing. */
export function reduce(state, type, data) {
  if (type === "snapshot") return withSnapshot(state, data);
  if (type === "status") return withAnswer(state, data);
  // The last words may come after the news of the end.
  if (type === "text") return { ...addText(state, data), wait: null, live: atWork(state.live, data) };
  if (hasEnded(state)) return state;
  switch (type) {
    case "live_status":
      return withLive(state, data);
    case "review_reminder":
      return { ...state, reviewUntil: data.decide_by, isReminded: true };
    case "accepted":
      return { ...state, status: state.status ?? "ACCEPTED", mode: data.mode ?? state.mode };
    case "started":
    case "progress":
    case "paused":
      return isLate(state, data.progress) ? state : withProgress(state, data.progress);
    // The step is begun again, and its attempts are counted from one.
    case "resumed":
      return isLate(state, data.progress) ? state : { ...withProgress(state, data.progress), live: null };
    case "draft_ready":
      return {
        ...onSheetOf(state, data.revision),
        status: "WAITING_FOR_REVIEW",
        revision: data.revision,
        title: data.title ?? state.title,
      };
    case "completed":
      return ended(state, "COMPLETED", data);
    case "failed":
      return ended(state, "FAILED", data, "failed");
    case "cancelled":
      return ended(state, "CANCELLED", data, "cancelled");
    default:
      return state;
  }
}

/** Give tokens and cost so far, of the finished revisions and the one that is being written. */
export function spentOf(state) {
  const { usage, cost, revisions, revision, live } = state;
  const done = { input_tokens: 0, output_tokens: 0, ...usage, cost, estimated: false };
  const isCounted = revisions.some((finished) => finished.revision === revision);
  if (!live || live.revision !== revision || isCounted || hasEnded(state)) return done;
  const isKnown = live.cost_usd !== null && (cost !== null || revisions.length === 0);
  return {
    input_tokens: done.input_tokens + live.usage.input_tokens,
    output_tokens: done.output_tokens + live.usage.output_tokens,
    cost: isKnown ? Number(cost ?? 0) + Number(live.cost_usd) : null,
    estimated: live.usage_estimated,
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
