// Markdown that is still being written, cut into blocks. Light on purpose: the finished report is rendered by the
// server; this only has to look right while the text runs, whatever its last line still lacks.

const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const FENCE = /^\s*(`{3,}|~{3,})/;
const RULE = /^\s*([-*_])(\s*\1){2,}\s*$/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const QUOTE = /^\s*>\s?/;
const ROW = /^\s*\|/;
const DELIMITER = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

const startsBlock = (line) =>
  HEADING.test(line) || FENCE.test(line) || RULE.test(line) || ITEM.test(line) || QUOTE.test(line) || ROW.test(line);

function takeWhile(lines, from, holds) {
  let end = from;
  while (end < lines.length && holds(lines[end])) end += 1;
  return end;
}

function fence(lines, from) {
  const mark = FENCE.exec(lines[from])[1];
  let end = from + 1;
  while (end < lines.length && !lines[end].trim().startsWith(mark)) end += 1;
  return [{ type: "code", text: lines.slice(from + 1, end).join("\n") }, end + 1];
}

function list(lines, from) {
  const ordered = /\d/.test(ITEM.exec(lines[from])[2]);
  const items = [];
  let at = from;
  for (; at < lines.length; at += 1) {
    const item = ITEM.exec(lines[at]);
    if (item) items.push({ depth: Math.min(3, Math.floor(item[1].length / 2)), text: item[3] });
    else if (lines[at].trim() && !startsBlock(lines[at])) items.at(-1).text += ` ${lines[at].trim()}`;
    else if (lines[at].trim() || !ITEM.test(lines[at + 1] ?? "")) break;
  }
  const start = ordered ? Number.parseInt(ITEM.exec(lines[from])[2], 10) : null;
  return [{ type: "list", ordered, start, items }, at];
}

function quote(lines, from) {
  const end = takeWhile(lines, from, (line) => QUOTE.test(line));
  const text = lines.slice(from, end).map((line) => line.replace(QUOTE, ""));
  return [{ type: "quote", text: text.join(" ") }, end];
}

const cells = (line) => line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());

function table(lines, from) {
  const end = takeWhile(lines, from, (line) => ROW.test(line));
  const rows = lines.slice(from, end).filter((line) => !DELIMITER.test(line));
  return [{ type: "table", rows: rows.map(cells) }, end];
}

function paragraph(lines, from) {
  const end = takeWhile(lines, from + 1, (line) => line.trim() && !startsBlock(line));
  return [{ type: "paragraph", text: lines.slice(from, end).join(" ") }, end];
}

function blockAt(lines, from) {
  const line = lines[from];
  const heading = HEADING.exec(line);
  if (heading) return [{ type: "heading", level: heading[1].length, text: heading[2] }, from + 1];
  if (FENCE.test(line)) return fence(lines, from);
  if (RULE.test(line)) return [{ type: "rule" }, from + 1];
  if (ITEM.test(line)) return list(lines, from);
  if (QUOTE.test(line)) return quote(lines, from);
  if (ROW.test(line)) return table(lines, from);
  return paragraph(lines, from);
}

/** Cut Markdown into blocks; `source` of each is the text it was made of. */
export function blocksOf(markdown) {
  const lines = markdown.replaceAll("\r\n", "\n").split("\n");
  const blocks = [];
  let at = 0;
  while (at < lines.length) {
    if (!lines[at].trim()) {
      at += 1;
      continue;
    }
    const [block, end] = blockAt(lines, at);
    blocks.push({ ...block, source: lines.slice(at, end).join("\n") });
    at = end;
  }
  return blocks;
}
