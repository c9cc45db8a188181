// What an ended report offers: its files, another rendering, another run.

import { partUrl, renderAgain, runAgain } from "../api.js";
import { byId, fill, h, notice } from "../dom.js";
import { preference } from "../preferences.js";
import { onPress } from "../press.js";
import { keepAsked } from "../question.js";
import { Submission } from "../submission.js";

/** Make links and buttons work; `onRendered()` is called when there is a new PDF, `promptOf()` gives the question. */
export function startAgain(workflowId, { onRendered, promptOf }) {
  const place = byId("report-notice");
  const submission = new Submission((body, key) => runAgain(workflowId, body, key));
  for (const link of byId("files").children) link.href = partUrl(workflowId, link.dataset.path);
  byId("edit").href = `/?repeats=${encodeURIComponent(workflowId)}`;
  onPress(byId("run-again"), place, async () => {
    const accepted = await submission.send({ requested_by: preference("requested-by") || null });
    keepAsked(accepted.workflow_id, promptOf());
    location.assign(`/reports/${encodeURIComponent(accepted.workflow_id)}`);
    return true;
  });
  // The page may come back from the browser's cache, with its button still busy.
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
  onPress(byId("render-again"), place, async () => {
    const isDone = await renderAgain(workflowId);
    if (isDone) await onRendered();
    const [kind, title, detail] = isDone
      ? ["good", "The PDF was made again", "It is in the place of the one before; the text is the same."]
      : ["wait", "The PDF is being made again", "It takes longer than usual: load this page again later to get it."];
    fill(place, notice(kind, title, h("p", {}, detail)));
  });
}

/** Show what can be done with a report that has ended. */
export function showAgain(status) {
  byId("again").hidden = false;
  byId("files").hidden = byId("render-again").hidden = status !== "COMPLETED";
}
