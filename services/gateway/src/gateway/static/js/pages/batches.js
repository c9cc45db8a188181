import { requestJson } from "../api.js";
import { byId, fill } from "../dom.js";
import { listen } from "../feed.js";
import { clearFieldErrors, showProblem } from "../forms.js";
import { prefer, preference } from "../preferences.js";
import { Submission } from "../submission.js";
import { showSoon } from "../swap.js";
import "../shell.js";

const form = byId("batch-form");
// The form goes as it is: the server reads lines and files, and names the place of what is wrong.
const submission = new Submission((_, key) =>
  requestJson("/api/batches", { method: "POST", body: new FormData(form), headers: { "Idempotency-Key": key } }),
);

form.requested_by.value = preference("requested-by");
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  clearFieldErrors(["name", "prompts", "file", "requested_by"]);
  fill(byId("batch-problem"));
  const { file, ...fields } = Object.fromEntries(new FormData(form));
  prefer("requested-by", fields.requested_by.trim());
  try {
    const { batch_id: id } = await submission.send([fields, file.name, file.size, file.lastModified]);
    location.assign(`/batches/${id}`);
  } catch (problem) {
    showProblem(problem, byId("batch-problem"), "The batch was not accepted");
  }
});
listen("/api/reports/events", "report", showSoon, { onOpen: showSoon });
