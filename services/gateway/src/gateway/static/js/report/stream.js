import { getStatus, partUrl } from "../api.js";
import { listen } from "../feed.js";

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

/**
 * Follow a report's events until the one that ends it.
 *
 * `onEvent(type, data)`, `onConnection("connecting" | "live" | "lost")`, `onMissing(problem)` for an unknown id. When
 * the stream is refused, the report's state is asked for and told as an event `status`.
 */
export function follow(workflowId, { onEvent, onConnection, onMissing }) {
  async function onLost(isOver) {
    onConnection("lost");
    if (!isOver) return;
    try {
      onEvent("status", await getStatus(workflowId));
    } catch (problem) {
      if (![400, 404, 422].includes(problem.status)) return;
      stop();
      onMissing(problem);
    }
  }

  function take(data, type) {
    if (LAST_EVENTS.has(type)) stop();
    onEvent(type, data);
  }

  onConnection("connecting");
  const stop = listen(partUrl(workflowId, "events"), EVENTS, take, { onOpen: () => onConnection("live"), onLost, always: true });
}
