// The decision about a draft.

import { decide } from "../api.js";
import { confirm } from "../dialog.js";
import { byId, fill } from "../dom.js";
import { clearFieldErrors, showFieldError } from "../forms.js";
import { count, date, number } from "../format.js";
import { onPress } from "../press.js";
import { Submission } from "../submission.js";

const LIMIT = 4_000;
const toReject = {
  title: "Reject this report?",
  detail: "It ends here: no PDF is made and no further draft is written. The draft stays readable.",
  action: "Reject the report",
  back: "Go back",
};

/** A panel that takes one decision about one revision; `onDecided(kind)` and `onStale(detail)` tell its page. */
export class ReviewPanel {
  #place = byId("review");
  #field = byId("instructions");
  #submission;
  #callbacks;
  #revision = null;

  constructor(workflowId, callbacks) {
    this.#submission = new Submission((decision, key) => decide(workflowId, decision, key));
    this.#callbacks = callbacks;
    const problem = byId("review-problem");
    onPress(byId("approve"), problem, () => this.#send("approve"));
    onPress(byId("revise"), problem, () => this.#send("revise", this.#field.value.trim()), async () => this.#check());
    onPress(byId("reject"), problem, () => this.#send("reject"), () => confirm(toReject));
    byId("ask-changes").addEventListener("click", () => this.#ask(true));
    byId("review-back").addEventListener("click", () => this.#ask(false));
  }

  /** Show the panel for a revision; showing the same one again keeps what was typed. */
  show(revision, until) {
    byId("review-until").textContent = until ? ` by ${date(until)}` : "";
    if (this.#revision === revision) return;
    this.#revision = revision;
    byId("review-title").textContent = revision > 1 ? `Draft ${revision} waits for you` : "The draft waits for you";
    fill(byId("review-problem"));
    this.#place.hidden = false;
    this.#ask(false, false);
  }

  hide() {
    this.#revision = null;
    // Whoever was at one of its fields is still on this page.
    if (this.#place.contains(document.activeElement)) byId("main").focus();
    this.#place.hidden = true;
  }

  #ask(isAsking, takesFocus = true) {
    byId("review-form").hidden = !isAsking;
    byId("review-choices").hidden = isAsking;
    clearFieldErrors(["instructions"]);
    if (takesFocus) (isAsking ? this.#field : byId("ask-changes")).focus();
  }

  #check() {
    const over = Array.from(this.#field.value.trim()).length - LIMIT;
    clearFieldErrors(["instructions"]);
    if (over <= 0 && over > -LIMIT) return true;
    const detail = `Shorten it by ${count(over, "character")}: the limit is ${number(LIMIT)}.`;
    showFieldError("instructions", over > 0 ? detail : "Say what should change.");
    this.#field.focus();
    return false;
  }

  async #send(decision, instructions = "") {
    try {
      await this.#submission.send({ revision: this.#revision, decision, instructions });
    } catch (problem) {
      if (problem.status !== 409) throw problem;
      this.hide();
      this.#callbacks.onStale(problem.message);
      return;
    }
    this.#field.value = "";
    this.hide();
    this.#callbacks.onDecided(decision);
  }
}
