// Pausing, resuming and cancelling a report while that can be done.

import { cancelReport, pauseReport, resumeReport } from "../api.js";
import { confirm } from "../dialog.js";
import { byId } from "../dom.js";
import { onPress } from "../press.js";
import { hasEnded } from "./state.js";

const toCancel = {
  title: "Cancel this report?",
  detail: "The model stops writing and no PDF is made. What it has written so far stays on this page.",
  action: "Cancel the report",
  back: "Keep writing",
};

/** Make the buttons work; `onStatus(status)` is given the state after a pause or its end. */
export function startControls(workflowId, onStatus) {
  const place = byId("controls-problem");
  onPress(byId("pause"), place, async () => onStatus(await pauseReport(workflowId)));
  onPress(byId("resume"), place, async () => onStatus(await resumeReport(workflowId)));
  onPress(byId("cancel"), place, () => cancelReport(workflowId), () => confirm(toCancel));
}

/** Offer what can be done now. */
export function showControls(state) {
  const controls = byId("controls");
  const hadFocus = controls.contains(document.activeElement);
  controls.hidden = state.status === null || hasEnded(state);
  const [shown, other] = state.paused ? [byId("resume"), byId("pause")] : [byId("pause"), byId("resume")];
  shown.hidden = false;
  if (document.activeElement === other) shown.focus();
  other.hidden = true;
  // Whoever was at one of them is still on this page.
  if (hadFocus && controls.hidden) byId("main").focus();
}
