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

/** Make an element of SVG; `attributes` are all set, children are nodes. */
export function svg(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.flat());
  return element;
}

/** Make an icon of icons.svg; it says nothing to a screen reader. */
export function icon(name, size = 18) {
  const use = svg("use", { href: `/static/icons.svg#${name}` });
  return svg("svg", { width: size, height: size, "aria-hidden": "true" }, use);
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

/** Make what stands where a list would: a heading, a sentence and perhaps what to do. */
export const empty = (level, title, text, action) => h("div", { class: "empty" }, h(level, {}, title), h("p", {}, text), action);

/** Replace what an element holds. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat(2).filter((child) => child !== null && child !== undefined));
  element.removeAttribute("aria-busy");
}
