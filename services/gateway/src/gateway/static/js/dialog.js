// A question that must be answered before something is done.

import { h } from "./dom.js";

/** Ask; resolves to true when the person chose `action`, false when they went back. */
export function confirm({ title, detail, action, back = "Keep it", danger = true }) {
  return new Promise((resolve) => {
    const dialog = h(
      "dialog",
      { class: "dialog", "aria-labelledby": "dialog-title", "aria-describedby": "dialog-detail" },
      h("h2", { id: "dialog-title" }, title),
      h("p", { id: "dialog-detail" }, detail),
      h(
        "form",
        { method: "dialog", class: "button-row" },
        h("button", { class: "button", value: "back", autofocus: true }, back),
        h("button", { class: `button ${danger ? "button--danger" : "button--primary"}`, value: "yes" }, action),
      ),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
