import { requestJson } from "../api.js";
import { byId } from "../dom.js";
import { listen } from "../feed.js";
import { clearFieldErrors, showProblem } from "../forms.js";
import { prefer, preference } from "../preferences.js";
import { press } from "../press.js";
import { Submission } from "../submission.js";
import { showSoon } from "../swap.js";
import "../shell.js";

const form = byId("batch-form");
const place = byId("batch-problem");
// The form goes as it is: the server reads lines and files, and names the place of what is wrong.
const submission = new Submission((_, key) =>
  requestJson("/api/batches", { method: "POST", body: new FormData(form), headers: { "Idempotency-Key": key } }),
);

form.requested_by.value = preference("requested-by");

async function send() {
  clearFieldErrors(["name", "prompts", "file", "requested_by"]);
  const { file, ...fields } = Object.fromEntries(new FormData(form));
  prefer("requested-by", fields.requested_by.trim());
  try {
    const { batch_id: id } = await submission.send([fields, file.name, file.size, file.lastModified]);
    location.assign(`/batches/${id}`);
    return true;
  } catch (problem) {
    return showProblem(problem, place, "The batch was not accepted");
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  press(form.querySelector("[type=submit]"), place, send);
});
// The page may come back from the browser's cache, with its button still busy.
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
listen("/api/reports/events", "report", showSoon, { onOpen: showSoon });
