import { requestJson } from "../api.js";
import { confirm } from "../dialog.js";
import { byId } from "../dom.js";
import { listen } from "../feed.js";
import { press } from "../press.js";
import { show, showSoon } from "../swap.js";
import "../shell.js";

const { batch, status } = document.getElementById("progress")?.dataset ?? {};
const path = `/api/batches/${encodeURIComponent(batch)}`;

const toCancel = {
  title: "Cancel this batch?",
  detail: "Reports under way are cancelled, and no others are started. What is done stays.",
  action: "Cancel the batch",
};

async function cancel() {
  await requestJson(`${path}/cancel`, { method: "POST" });
  await show();
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("#cancel");
  if (button) press(button, byId("problem"), cancel, () => confirm(toCancel));
});
if (status === "ACCEPTED" || status === "RUNNING") {
  const stop = listen(
    `${path}/events`,
    ["report", "ended"],
    (_, name) => {
      showSoon();
      if (name !== "ended") return;
      stop();
      byId("said").textContent = "The batch has ended.";
    },
    { onOpen: showSoon, always: true },
  );
}
