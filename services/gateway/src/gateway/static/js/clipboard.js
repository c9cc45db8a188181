import { h, icon } from "./dom.js";

/** Make a text with a button that copies it; `what` names it to a screen reader. */
export function copyable(text, what) {
  const label = h("span", {}, "Copy");
  const said = h("span", { class: "visually-hidden", role: "status" });
  const button = h(
    "button",
    {
      class: "button button--small",
      type: "button",
      "aria-label": `Copy ${what}`,
      onclick: async () => {
        const copied = await copy(text);
        label.textContent = copied ? "Copied" : "Press Ctrl+C";
        said.textContent = copied ? `Copied ${what}.` : `Could not copy ${what}; it is selected, press Control C.`;
        if (!copied) getSelection().selectAllChildren(code);
      },
    },
    icon("copy", 16),
    label,
  );
  const code = h("code", {}, text);
  return h("div", { class: "copyable" }, code, button, said);
}

async function copy(text) {
  try {
    // Absent outside a secure context (plain http on another host).
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
