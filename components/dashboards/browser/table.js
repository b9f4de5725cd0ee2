// What a card draws as a table: pages of rows in a dialog of its own, made when it is asked for.
const PAGE_ROWS = 100
const show_table = (place, view, heading, detail) => {
  const sheets = plots_in(view).flatMap(v => sheets_of(v.model))
  let at = 0, from = 0
  const box = h("dialog", {class: "box", "aria-label": `${heading} as a table`})
  const close = h("button", {type: "button", class: "close", "aria-label": "Close", onclick: () => box.close()}, "×")
  const sheet = h("div", {class: "rows", tabindex: "0", role: "region", "aria-label": "Rows"})
  const which = h("div", {class: "which", role: "group", "aria-label": "Which figure"})
  const count = h("span", {class: "count", role: "status"})
  const earlier = h("button", {type: "button", onclick: () => { from -= PAGE_ROWS; fill() }}, "‹ Previous")
  const later = h("button", {type: "button", onclick: () => { from += PAGE_ROWS; fill() }}, "Next ›")
  const text = () => {
    const s = sheets[at]
    return [s.columns, ...Array.from({length: s.count}, (_, i) => s.row(i))].map(r => r.join("\t")).join("\n")
  }
  const fill = () => {
    const s = sheets[at]
    put(which, sheets.length > 1 ? sheets.map((o, i) => h("button", {type: "button", "aria-pressed": String(i === at),
      onclick: () => { at = i; from = 0; fill(); which.children[i].focus() }}, o.name)) : null)
    if (!s) {
      put(sheet, h("p", {}, "Nothing is drawn here."))
      count.textContent = "No rows"
      earlier.disabled = later.disabled = true
      return
    }
    const to = Math.min(from + PAGE_ROWS, s.count)
    const rows = Array.from({length: to - from}, (_, i) => s.row(from + i))
    // A column of numbers stands on the right.
    const right = s.columns.map((_, c) => rows.every(r => /^([−<>]?\$?[\d,.]+[kM%]?|–)$/.test(r[c])))
    put(sheet, h("table", {}, h("thead", {}, h("tr", {}, s.columns.map((c, i) => h("th", {scope: "col", class: right[i] ? "number" : null}, c)))),
      h("tbody", {}, rows.map(r => h("tr", {}, r.map((x, i) => h("td", {class: right[i] ? "number" : null}, x)))))))
    sheet.scrollTop = 0
    count.textContent = `${(from + 1).toLocaleString("en-AU")}–${to.toLocaleString("en-AU")} of ${s.count.toLocaleString("en-AU")} rows${s.drawn > s.count ? `; ${s.drawn.toLocaleString("en-AU")} are drawn, the Data menu has all` : ""}`
    earlier.disabled = from === 0
    later.disabled = to >= s.count
  }
  box.append(h("header", {}, h("div", {}, h("h2", {}, heading), h("span", {class: "detail"}, detail)), close), which, sheet,
    h("footer", {class: "pages"}, count, earlier, later, sheets.length ? copy_button("Copy all", text, "Copy all rows") : null))
  const opener = deep_active()
  box.addEventListener("close", () => { box.remove(); opener?.focus?.() })
  box.addEventListener("click", e => { if (e.target === box) box.close() })
  place.append(box)
  fill()
  box.showModal()
  close.focus()
}
