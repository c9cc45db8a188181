import { requestJson } from "../api.js";
import { confirm } from "../dialog.js";
import { byId, fill, h, notice } from "../dom.js";
import { listen } from "../feed.js";
import { show, showSoon } from "../swap.js";
import "../shell.js";

const { batch, status } = document.getElementById("progress")?.dataset ?? {};
const path = `/api/batches/${encodeURIComponent(batch)}`;

async function cancel() {
  const detail = "Reports under way are cancelled, and no others are started. What is done stays.";
  if (!(await confirm({ title: "Cancel this batch?", detail, action: "Cancel the batch" }))) return;
  try {
    await requestJson(`${path}/cancel`, { method: "POST" });
    await show();
  } catch (problem) {
    fill(byId("problem"), notice("wait", problem.title, h("p", {}, problem.message)));
  }
}

document.addEventListener("click", ({ target }) => target.closest("#cancel") && cancel());
if (status === "ACCEPTED" || status === "RUNNING") {
  const stop = listen(
    `${path}/events`,
    ["report", "ended"],
    (_, name) => {
      if (name === "ended") stop();
      showSoon();
    },
    { onOpen: showSoon, always: true },
  );
}
