// The decision about a draft.

import { decide } from "../api.js";
import { confirm } from "../dialog.js";
import { fill, h, notice } from "../dom.js";
import { count, number } from "../format.js";
import { Submission } from "../submission.js";

const LIMIT = 4_000;

/** A panel that takes one decision about one revision; `onDecided(kind)` and `onStale(detail)` tell its page. */
export class ReviewPanel {
  #place;
  #submission;
  #callbacks;
  #revision = null;
  #problem = null;
  #busy = false;

  constructor(place, workflowId, callbacks) {
    this.#place = place;
    this.#submission = new Submission((decision, key) => decide(workflowId, decision, key));
    this.#callbacks = callbacks;
  }

  /** Show the panel for a revision; showing the same one again keeps what was typed. */
  show(revision) {
    if (this.#revision === revision) return;
    this.#revision = revision;
    this.#problem = h("div", { role: "alert" });
    fill(
      this.#place,
      h("h2", { id: "review-title" }, revision > 1 ? `Draft ${revision} waits for you` : "The draft waits for you"),
      h("p", { class: "hint" }, "Read it, then decide. It waits as long as it has to; you can come back to this page."),
      this.#choices(),
      this.#form(),
      this.#problem,
    );
    this.#place.hidden = false;
  }

  hide() {
    this.#revision = null;
    this.#place.hidden = true;
    this.#place.replaceChildren();
  }

  #choices() {
    return h(
      "div",
      { class: "button-row review__choices" },
      h(
        "button",
        { class: "button button--primary", type: "button", onclick: () => this.#send("approve") },
        "Approve and make the PDF",
      ),
      h(
        "button",
        { class: "button", type: "button", "data-ask": true, onclick: () => this.#ask(true) },
        "Ask for changes",
      ),
      h("button", { class: "button button--danger", type: "button", onclick: () => this.#reject() }, "Reject"),
    );
  }

  #form() {
    const submit = (event) => {
      event.preventDefault();
      this.#revise();
    };
    return h(
      "form",
      { class: "review__form", hidden: true, novalidate: true, onsubmit: submit },
      h(
        "div",
        { class: "field" },
        h("label", { for: "instructions" }, "What should change?"),
        h("textarea", {
          class: "input",
          id: "instructions",
          rows: "3",
          "aria-describedby": "instructions-error",
          placeholder: "Shorter, and with a table of the figures…",
        }),
        h("p", { class: "field__error", id: "instructions-error", hidden: true }),
      ),
      h(
        "div",
        { class: "button-row" },
        h("button", { class: "button button--primary", type: "submit" }, "Send and write again"),
        h("button", { class: "button button--quiet", type: "button", onclick: () => this.#ask(false) }, "Back"),
      ),
    );
  }

  #ask(isAsking) {
    this.#place.querySelector(".review__form").hidden = !isAsking;
    this.#place.querySelector(".review__choices").hidden = isAsking;
    this.#place.querySelector(isAsking ? "textarea" : "[data-ask]").focus();
  }

  #revise() {
    const field = this.#place.querySelector("textarea");
    const error = this.#place.querySelector(".field__error");
    const instructions = field.value.trim();
    const length = Array.from(instructions).length;
    const detail = !length
      ? "Say what should change."
      : length > LIMIT
        ? `Shorten it by ${count(length - LIMIT, "character")}: the limit is ${number(LIMIT)}.`
        : "";
    error.textContent = detail;
    error.hidden = !detail;
    field.setAttribute("aria-invalid", String(Boolean(detail)));
    if (detail) field.focus();
    else this.#send("revise", instructions);
  }

  async #reject() {
    const sure = await confirm({
      title: "Reject this report?",
      detail: "It ends here: no PDF is made and no further draft is written. The draft stays readable.",
      action: "Reject the report",
      back: "Go back",
    });
    if (sure) this.#send("reject");
  }

  async #send(decision, instructions = "") {
    if (this.#busy) return;
    this.#setBusy(true);
    fill(this.#problem);
    try {
      await this.#submission.send({ revision: this.#revision, decision, instructions });
      this.hide();
      this.#callbacks.onDecided(decision);
    } catch (problem) {
      if (problem.status === 409) {
        this.hide();
        this.#callbacks.onStale(problem.message);
        return;
      }
      const safe = problem.isUnconfirmed ? " Trying again is safe: a decision counts once." : "";
      fill(this.#problem, notice("bad", "The decision was not taken", h("p", {}, problem.message + safe)));
    } finally {
      this.#setBusy(false);
    }
  }

  #setBusy(isBusy) {
    this.#busy = isBusy;
    for (const button of this.#place.querySelectorAll("button")) button.setAttribute("aria-disabled", String(isBusy));
  }
}
