// A table of rows that the server has already put into words; numbers sort by their value, text by its letters.
export function render({model}) {
  const root = h("div", {class: "sheet"})
  let by = null, down = true
  const value = (row, i) => row.cells[i].v ?? row.cells[i].t
  const sorted = () => {
    if (by === null) return model.rows
    const missing = (x) => x === null || x === undefined || x === "–"
    return [...model.rows].sort((a, b) => {
      const x = value(a, by), y = value(b, by)
      if (missing(x) || missing(y)) return missing(x) - missing(y)
      const order = typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y))
      return down ? -order : order
    })
  }
  const cell = (c, column) => h("td", {class: (column.number ? "number" : "") + (column.minor ? " minor" : ""), title: c.title, "data-label": column.label + (column.unit ? ` (${column.unit})` : "")},
    c.colour ? h("i", {class: c.dash ? "dash" : null, style: `background:${/^#[0-9A-Fa-f]{6}$/.test(c.colour) ? c.colour : "none"}`}) : null,
    c.href ? h("a", {href: c.href}, c.t) : c.t, c.sub ? h("small", {}, c.sub) : null)
  const draw = () => {
    const head = h("tr", {}, model.columns.map((c, i) => {
      const th = h("th", {class: (c.number ? "number" : "") + (c.minor ? " minor" : ""), scope: "col", title: c.help, "aria-sort": by === i ? (down ? "descending" : "ascending") : null},
        h("button", {type: "button", onclick: () => { if (by === i) down = !down; else { by = i; down = Boolean(c.number) } draw() }},
          h("span", {}, c.label), c.unit ? h("small", {}, c.unit) : null))
      return th
    }))
    const line = (row, tag) => h("tr", {class: (row.chosen ? "chosen " : "") + (tag || ""), "data-key": row.key},
      row.cells.map((c, i) => cell(c, model.columns[i])))
    put(root, h("table", {class: model.stacked ? "stacked" : ""}, model.caption ? h("caption", {}, model.caption) : null,
      h("thead", {}, head), h("tbody", {}, sorted().map(r => line(r))),
      model.total.length ? h("tfoot", {}, model.total.map(r => line(r, "total"))) : null))
  }
  draw_on(model, ["rows", "columns", "total", "caption"], draw)
  return root
}
