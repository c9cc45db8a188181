// The server sanitises a report's HTML; this is the second lock on the same door. Only what is listed here passes.

const KEPT = new Set(
  (
    "a abbr b blockquote br caption code col colgroup dd del details dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 " +
    "h6 hr i ins kbd li mark ol p pre q s samp section small span strong sub summary sup table tbody td tfoot th " +
    "thead tr u ul var"
  ).split(" "),
);
const DROPPED = new Set(
  "script style template iframe object embed form input button select textarea svg math link meta base title".split(" "),
);
const ATTRIBUTES = new Set("class colspan dir lang open rowspan scope start title".split(" "));
const PREFIX = "doc-";

// A report's own ids must not shadow the page's.
function addressOf(value) {
  if (value.startsWith("#")) return `#${PREFIX}${value.slice(1)}`;
  try {
    const url = new URL(value, location.href);
    return ["http:", "https:", "mailto:"].includes(url.protocol) ? value : null;
  } catch {
    return null;
  }
}

function copyAttributes(from, to) {
  for (const { name, value } of from.attributes) {
    if (name === "id") to.id = PREFIX + value;
    else if (ATTRIBUTES.has(name)) to.setAttribute(name, value);
  }
  // The page allows no inline style; the alignment of a column is all that is wanted of one.
  const align = /text-align:\s*(right|center)/.exec(from.getAttribute("style") ?? "")?.[1] ?? from.getAttribute("align");
  if (align === "right" || align === "center") to.classList.add(`align-${align}`);
  const href = to.localName === "a" && from.hasAttribute("href") ? addressOf(from.getAttribute("href")) : null;
  if (href) {
    to.setAttribute("href", href);
    if (!href.startsWith("#")) to.setAttribute("rel", "noopener noreferrer nofollow");
  }
}

// Only what the report itself carries: a picture from elsewhere would tell its server who reads.
function copyImage(from, to) {
  const source = from.getAttribute("src") ?? "";
  const alt = from.getAttribute("alt") ?? "";
  if (!/^data:image\/(png|jpeg|gif|webp);base64,/i.test(source)) {
    to.append(alt);
    return;
  }
  const image = document.createElement("img");
  image.alt = alt;
  image.src = source;
  to.append(image);
}

function cleanChildren(from, to) {
  for (const node of from.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) to.append(node.data);
    else if (node.nodeType === Node.ELEMENT_NODE && !DROPPED.has(node.localName)) {
      if (node.localName === "img") {
        copyImage(node, to);
      } else if (KEPT.has(node.localName)) {
        const copy = document.createElement(node.localName);
        copyAttributes(node, copy);
        cleanChildren(node, copy);
        to.append(copy);
      } else {
        cleanChildren(node, to);
      }
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
