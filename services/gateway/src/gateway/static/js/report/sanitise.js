// The server sanitises a report's HTML; this is the second lock on the same door. Only what is listed here passes.

const list = (words) => new Set(words.split(" "));
const KEPT = list(
  "a blockquote br code em h1 h2 h3 h4 h5 h6 hr li ol p pre s strong table tbody td th thead tr ul",
);
const DROPPED = list(
  "script style template iframe object embed form input button select textarea svg math link meta base title img",
);
const ATTRIBUTES = ["start", "title"];
const PROTOCOLS = ["http:", "https:", "mailto:"];

function addressOf(value) {
  try {
    return PROTOCOLS.includes(new URL(value, location.href).protocol) ? value : null;
  } catch {
    return null;
  }
}

function copyAttributes(from, to) {
  for (const name of ATTRIBUTES) {
    if (from.hasAttribute(name)) to.setAttribute(name, from.getAttribute(name));
  }
  const align = from.getAttribute("align");
  if (align === "right" || align === "center") to.classList.add(`align-${align}`);
  const href = from.localName === "a" ? addressOf(from.getAttribute("href") ?? "") : null;
  if (!href) return;
  to.setAttribute("href", href);
  to.setAttribute("rel", "noopener noreferrer nofollow");
}

function cleanChildren(from, to) {
  for (const node of from.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) to.append(node.data);
    else if (KEPT.has(node.localName)) {
      const copy = document.createElement(node.localName);
      copyAttributes(node, copy);
      cleanChildren(node, copy);
      to.append(copy);
    } else if (node.nodeType === Node.ELEMENT_NODE && !DROPPED.has(node.localName)) {
      cleanChildren(node, to);
    }
  }
}

/** Parse an HTML fragment and give only its harmless elements, attributes and addresses. */
export function sanitise(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const fragment = document.createDocumentFragment();
  cleanChildren(parsed.body, fragment);
  return fragment;
}
