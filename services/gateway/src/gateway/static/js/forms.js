// Errors at the fields that they are about.

import { byId, fill, h, icon, notice } from "./dom.js";

/** Show `detail` at the field with id `name`; returns false when the page has no such field. */
export function showFieldError(name, detail) {
  const field = document.getElementById(name);
  const place = document.getElementById(`${name}-error`);
  if (!field || !place) return false;
  field.setAttribute("aria-invalid", "true");
  fill(place, icon("alert", 16), detail);
  place.hidden = false;
  return true;
}

/** Take the errors of these fields away. */
export function clearFieldErrors(names) {
  for (const name of names) {
    byId(name).removeAttribute("aria-invalid");
    byId(`${name}-error`).hidden = true;
  }
}

/** Show a notice where it can be seen: the form may have been sent from far above. */
export function showNotice(place, shown) {
  fill(place, shown);
  place.scrollIntoView({ block: "nearest" });
}

/** Show a Problem: each error at its field, the rest in `place`; focuses the first wrong field. */
export function showProblem(problem, place, title) {
  const errors = problem.errors ?? [];
  const shown = errors.filter((error) => showFieldError(error.field?.split(/[.[]/)[0], error.detail));
  if (shown.length === 0) showNotice(place, notice("bad", title, h("p", {}, problem.message)));
  const first = shown[0] && byId(shown[0].field.split(/[.[]/)[0]);
  const control = first?.matches("fieldset") ? first.querySelector("input") : first;
  control?.focus();
}
