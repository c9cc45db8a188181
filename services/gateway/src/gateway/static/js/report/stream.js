import { getStatus, partUrl } from "../api.js";

const EVENTS = [
  "snapshot",
  "text",
  "live_status",
  "accepted",
  "started",
  "progress",
  "draft_ready",
  "review_reminder",
  "paused",
  "resumed",
  "completed",
  "failed",
  "cancelled",
];
const LAST_EVENTS = new Set(["completed", "failed", "cancelled"]);
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 20_000;

/**
 * Follow a report's events until the one that ends it.
 *
 * The browser reconnects by itself, and says which event it saw last, as long as it only loses the connection.
 * After an answer that is not a stream it gives up for good: then a new source is made, ever more slowly.
 * `onEvent(type, data)`, `onConnection("connecting" | "live" | "lost")`, `onMissing(problem)` for an unknown id.
 */
export function follow(workflowId, { onEvent, onConnection, onMissing }) {
  let source = null;
  let timer = null;
  let wait = FIRST_WAIT;
  let closed = false;

  function open() {
    source = new EventSource(partUrl(workflowId, "events"));
    source.addEventListener("open", () => {
      wait = FIRST_WAIT;
      onConnection("live");
    });
    for (const type of EVENTS) {
      source.addEventListener(type, (event) => {
        if (LAST_EVENTS.has(type)) close();
        onEvent(type, JSON.parse(event.data));
      });
    }
    source.addEventListener("error", onError);
  }

  function onError() {
    if (closed) return;
    onConnection("lost");
    if (source.readyState === EventSource.CLOSED) reopen();
  }

  async function reopen() {
    try {
      onEvent("status", await getStatus(workflowId));
    } catch (problem) {
      if ([400, 404, 422].includes(problem.status)) {
        close();
        onMissing(problem);
        return;
      }
    }
    if (closed) return;
    // Spread out, so that the readers of a restarted gateway do not all return at once.
    timer = setTimeout(open, wait * (0.75 + Math.random() / 2));
    wait = Math.min(wait * 2, LONGEST_WAIT);
  }

  function close() {
    closed = true;
    clearTimeout(timer);
    source?.close();
  }

  onConnection("connecting");
  open();
}
