// A button whose work takes a while.

import { fill, h, notice } from "./dom.js";

/**
 * Do what a press of `button` stands for, once at a time; what goes wrong is told in `place`.
 *
 * `act()` may resolve to true: then the button stays busy, because the page is about to change. Meanwhile it shows
 * its `data-busy`, if it has one; it is never `disabled`, which would lose the keyboard's place.
 */
export async function press(button, place, act, isSure = async () => true) {
  if (button.getAttribute("aria-disabled") === "true" || !(await isSure())) return;
  const words = button.lastChild;
  const idle = words.data;
  const setBusy = (isBusy) => {
    if (isBusy) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
    words.data = (isBusy && button.dataset.busy) || idle;
  };
  setBusy(true);
  fill(place);
  try {
    if (await act()) return;
  } catch (problem) {
    const again = problem.isUnconfirmed ? " Trying again is safe." : "";
    const kind = problem.status === 409 ? "wait" : "bad";
    fill(place, notice(kind, problem.title || "That did not work", h("p", {}, problem.message + again)));
  }
  setBusy(false);
}

/** Have every press of `button` do that. */
export function onPress(button, ...how) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    press(button, ...how);
  });
}
