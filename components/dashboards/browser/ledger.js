// A table of rows that the server has already put into words; numbers sort by their value, text by its letters.
// Where rows stand for bands of a chart (`bands`: row -> model id), pointing at one brings out the other, in the browser alone.
function render({model, view}) {
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
  const light = (key) => {
    for (const [name, id] of Object.entries(model.bands)) {
      const glyph = view.model.document?.get_model_by_id(id)?.glyph
      glyph?.setv(glyph.fill_alpha === undefined ? {line_alpha: key in model.bands && name !== key ? 0.2 : 1}
        : {fill_alpha: key in model.bands && name !== key ? 0.25 : 1}, {sync: false})
    }
  }
  const acts = (row) => {
    const pick = (e) => model.send_msg({row: row.key, add: e.shiftKey || e.ctrlKey || e.metaKey})
    const keyed = (e) => { if (e.key === "Enter" || e.key === " ") { e.preventDefault(); pick(e) } }
    return {
      ...(model.picks ? {tabindex: 0, onclick: e => { if (!e.target.closest("a")) pick(e) }, onkeydown: keyed, onmousedown: e => { if (e.shiftKey) e.preventDefault() }} : {}),
      ...(Object.keys(model.bands).length ? {onmouseenter: () => light(row.key), onmouseleave: () => light(null)} : {}),
    }
  }
  const pointed = (e) => {
    if (Object.keys(model.bands).length) for (const tr of root.querySelectorAll("tbody tr")) tr.classList.toggle("lit", tr.dataset.key === e.detail.key)
  }
  addEventListener("nem-band", pointed)
  model.on("remove", () => removeEventListener("nem-band", pointed))
  const draw = () => {
    const head = h("tr", {}, model.columns.map((c, i) => {
      const th = h("th", {class: (c.number ? "number" : "") + (c.minor ? " minor" : ""), scope: "col", title: c.help, "aria-sort": by === i ? (down ? "descending" : "ascending") : null},
        h("button", {type: "button", onclick: () => { if (by === i) down = !down; else { by = i; down = Boolean(c.number) } draw() }},
          h("span", {}, c.label), c.unit ? h("small", {}, c.unit) : null))
      return th
    }))
    const line = (row, tag) => h("tr", {class: (row.chosen ? "chosen " : "") + (row.dim ? "dim " : "") + (tag || ""), "data-key": row.key, ...(tag ? {} : acts(row))},
      row.cells.map((c, i) => cell(c, model.columns[i])))
    const held = root.contains(root.getRootNode().activeElement) ? root.getRootNode().activeElement.closest("tbody tr")?.dataset.key : null
    put(root, h("table", {class: (model.stacked ? "stacked" : "") + (model.picks ? " picks" : "")}, model.caption ? h("caption", {}, model.caption) : null,
      h("thead", {}, head), h("tbody", {}, sorted().map(r => line(r))),
      model.total.length ? h("tfoot", {}, model.total.map(r => line(r, "total"))) : null))
    if (held) root.querySelector(`tbody tr[data-key="${CSS.escape(held)}"]`)?.focus()
  }
  draw_on(model, ["rows", "columns", "total", "caption", "bands"], draw)
  return root
}
