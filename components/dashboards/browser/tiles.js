// Tiles with one number each and, where there is one, the line of the hours before it.
function render({model}) {
  const root = h("div", {class: "grid"})
  const spark = (places, colour) => {
    const w = 120, height = 34, n = places.length
    const there = places.filter(p => p !== null)
    if (there.length < 2) return null
    const low = Math.min(...there), span = Math.max(...there) - low || 1
    let d = "", pen = false
    places.forEach((p, i) => {
      if (p === null) { pen = false; return }
      d += `${pen ? "L" : "M"}${(i / (n - 1) * w).toFixed(1)} ${(height - 3 - (p - low) / span * (height - 6)).toFixed(1)}`
      pen = true
    })
    return svg("svg", {viewBox: `0 0 ${w} ${height}`, preserveAspectRatio: "none", class: "spark", "aria-hidden": "true"},
      svg("path", {d, fill: "none", stroke: colour, "stroke-width": 1.5, "vector-effect": "non-scaling-stroke", "stroke-linejoin": "round"}))
  }
  draw_on(model, ["tiles"], () => put(root, ...model.tiles.map(t => h(t.href ? "a" : "div", {class: "tile", href: t.href, title: t.title},
    h("span", {class: "label"}, t.colour ? h("i", {style: `background:${/^#[0-9A-Fa-f]{6}$/.test(t.colour) ? t.colour : "none"}`}) : null, t.label),
    h("span", {class: "value"}, t.value, t.unit ? h("small", {}, t.unit) : null),
    t.note ? h("span", {class: "note"}, t.note) : null,
    t.places ? spark(t.places, /^#[0-9A-Fa-f]{6}$/.test(t.colour) ? t.colour : "currentColor") : null))))
  return root
}
