import { h } from "./dom.js";

/**
 * Make a table. `columns`: [heading, class, whether cards on phones leave the heading out]; `rows`: each an array of
 * nodes and texts, the first of which names the row. Roles keep it a table where phones lay it out as cards.
 */
export function table(label, columns, rows) {
  const cell = (content, index) => {
    const [name, kind, isBare] = columns[index];
    return index === 0
      ? h("th", { role: "rowheader", scope: "row", class: `cell-wide ${kind ?? ""}` }, content)
      : h("td", { role: "cell", class: kind, "data-label": isBare ? null : name }, content);
  };
  const head = columns.map(([name, kind]) => h("th", { role: "columnheader", scope: "col", class: kind }, name));
  return h(
    "table",
    { class: "table", role: "table", "aria-label": label },
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, head)),
    h("tbody", { role: "rowgroup" }, rows.map((cells) => h("tr", { role: "row" }, cells.map(cell)))),
  );
}
