import { byId } from "../dom.js";
import { showFieldError } from "../forms.js";
import { prefer, preference, systemZone } from "../preferences.js";
import { showTheme } from "../shell.js";
import "../swap.js";

const form = byId("preferences");

/** Tell why the browser does not let us notify, or nothing; asks the person if it has to. */
async function refusal() {
  if (!("Notification" in window)) return "This browser shows notifications only for pages by https or from this machine itself.";
  const isGranted = (await Notification.requestPermission()) === "granted";
  return isGranted ? "" : "The browser does not allow notifications from this address. Allow them in its own settings.";
}

for (const field of form.elements) {
  if (field.type === "text") field.value = preference(field.name);
  else if (field.name) field.checked = field.value === preference(field.name);
}
byId("zone").textContent = `As this machine: ${systemZone}`;

form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("change", async ({ target }) => {
  byId("notify-error").hidden = true;
  const why = target.id === "notify" && target.checked && (await refusal());
  if (why) {
    showFieldError("notify", why);
    target.checked = false;
  }
  prefer(target.name, target.type === "checkbox" && !target.checked ? "" : target.value.trim());
  if (target.name === "theme") showTheme();
  byId("kept").textContent = why ? "" : "Kept.";
});
