// Elements from data. Text only ever becomes text nodes: nothing here parses markup.

const SVG = "http://www.w3.org/2000/svg";

/** Find the element with this id; a page without it is a mistake in the page. */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`no element #${id}`);
  return element;
}

/**
 * Make an element. Keys of `attributes`: `onclick` and the like are listeners, true sets an empty attribute,
 * false and null leave one out. Children: nodes, strings, null (skipped), or arrays of these.
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat(2).filter((child) => child !== null && child !== undefined));
  return element;
}

/** Make an icon of icons.svg; it says nothing to a screen reader. */
export function icon(name, size = 18) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  for (const [key, value] of [["width", size], ["height", size], ["aria-hidden", "true"]]) svg.setAttribute(key, value);
  use.setAttribute("href", `/static/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/** Make a box that says something important; `kind` is info, good, wait or bad. */
export function notice(kind, title, ...content) {
  return h(
    "div",
    { class: `notice notice--${kind}` },
    icon(kind === "good" ? "check" : "alert", 20),
    h("div", {}, h("p", { class: "notice__title" }, title), content),
  );
}

/** Make the box that says why something could not be read, with a button to `retry`. */
export const failure = (title, problem, retry) =>
  notice(
    "bad",
    title,
    h("p", {}, problem.message),
    h("button", { class: "button button--small", type: "button", onclick: retry }, "Try again"),
  );

/** Replace what an element holds. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat(2).filter((child) => child !== null && child !== undefined));
  element.removeAttribute("aria-busy");
}
