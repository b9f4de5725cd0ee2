// Rankings side by side, each line with small bars of what was earned over the window.
function render({model}) {
  const root = h("div", {class: "boards"})
  const colour = (c) => /^#[0-9A-Fa-f]{6}$/.test(c ?? "") ? c : null
  const bars = (values, tint) => {
    const width = 96, height = 24, known = values.filter(v => v !== null)
    if (!known.length) return null
    const high = Math.max(0, ...known), low = Math.min(0, ...known), span = high - low || 1, step = width / values.length
    const y = (v) => (high - v) / span * (height - 2) + 1
    return svg("svg", {viewBox: `0 0 ${width} ${height}`, class: "bars", "aria-hidden": "true", preserveAspectRatio: "none"},
      ...values.flatMap((v, i) => v === null ? [] : [svg("rect", {x: (i * step).toFixed(2), width: Math.max(step * 0.82, 0.5).toFixed(2),
        y: Math.min(y(0), y(v)).toFixed(2), height: Math.max(Math.abs(y(v) - y(0)), 0.6).toFixed(2), fill: tint ?? "currentColor"})]),
      svg("line", {x1: 0, x2: width, y1: y(0).toFixed(2), y2: y(0).toFixed(2), class: "zero"}))
  }
  const line = (r, i) => h("tr", {},
    h("td", {class: "rank"}, i + 1),
    h("td", {class: "who"}, h("div", {}, r.colour ? h("i", {style: `background:${colour(r.colour) ?? "none"}`}) : null, r.href ? h("a", {href: r.href}, r.label) : r.label), r.sub ? h("small", {}, r.sub) : null),
    h("td", {class: "course"}, bars(r.bars, colour(r.colour))),
    h("td", {class: "number"}, r.text))
  draw_on(model, ["tables"], () => put(root, ...model.tables.map(t => h("section", {},
    h("table", {}, h("colgroup", {}, ["rank", "who", "course", "value"].map(c => h("col", {class: c}))), h("thead", {}, h("tr", {}, h("th", {colspan: 3, scope: "col"}, t.title), h("th", {class: "number", scope: "col"}, t.unit))),
      h("tbody", {}, t.rows.map(line))), t.rows.length ? null : h("p", {}, "Nobody has this figure here.")))))
  return root
}
