// What a card draws, read back from its Bokeh figures. The hover of a figure says what each column is called, its unit and
// how its values are written: rows of a table and entries of a legend need no word from whoever made the figure. A
// figure without a hover gives the columns of its first glyph.
const plots_in = (view) => view.canvas_view ? (view.el.offsetWidth ? [view] : []) : (view.child_views ?? []).flatMap(plots_in)
// "@column{format}" and Bokeh's own "$x"; "$M" is a unit.
const REFERENCE = /(@|\$(?=(?:index|name|x|y|sx|sy|snap_x|snap_y)\b))(?:\{([^}]+)\}|(\w+))(?:\{([^}]*)\})?/g
const UNIT = /^(\$\w*(\/\w+)*|%|[kMGT]?Wh?(\/\w+)?|t\/MWh|k?t|h|hours|min|minutes|% of .*)$/
// Words between two values: the unit of the one before, the label of the one after.
const between = (text) => {
  const parts = text.split(/[·,;|]/).map(bare)
  if (parts.length > 1) return {unit: parts[0], label: parts.at(-1)}
  return !parts[0] || UNIT.test(parts[0]) ? {unit: parts[0], label: ""} : {unit: "", label: parts[0]}
}
const bare = (text) => text.replace(/\s+/g, " ").replace(/^[\s·,;:|–()-]+|[\s·,;:|–(-]+$/g, "")

// Lines of a hover's HTML: their text, and the colour of the swatch that stands in them.
const hover_lines = (html) => {
  const lines = [{text: "", colour: null}]
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) { lines.at(-1).text += node.data; return }
    const block = /^(TR|DIV|P|BR|LI|TABLE)$/.test(node.nodeName)
    if (block) lines.push({text: "", colour: null})
    if (node.style?.backgroundColor && !node.textContent.trim()) lines.at(-1).colour = node.style.backgroundColor
    node.childNodes.forEach(walk)
    if (block) lines.push({text: "", colour: null})
  }
  walk(new DOMParser().parseFromString(html, "text/html").body)
  return lines
}
const hover_fields = (tooltips) => {
  const lines = typeof tooltips === "string" ? hover_lines(tooltips)
    : Array.isArray(tooltips) ? tooltips.map(([label, text]) => ({text: `${label} ${text}`, colour: null})) : []
  return lines.flatMap(({text, colour}) => {
    const found = [...text.matchAll(REFERENCE)]
    return found.map((m, i) => ({
      special: m[1] === "$", column: m[2] ?? m[3], key: m[1] + (m[2] ?? m[3]), format: m[4] ?? "", colour: i ? null : colour,
      label: i ? between(text.slice(found[i - 1].index + found[i - 1][0].length, m.index)).label : bare(text.slice(0, m.index)),
      unit: found[i + 1] ? between(text.slice(m.index + m[0].length, found[i + 1].index)).unit : bare(text.slice(m.index + m[0].length)),
    }))
  })
}

const axis_label = (plot, sides) => sides.flatMap(s => plot[s] ?? []).find(a => typeof a.axis_label === "string" && a.axis_label)?.axis_label ?? ""
const named = (field, plot, glyph) => {
  const at = (name) => glyph?.[name]?.field === field.column || (field.special && field.column === name)
  const word = field.column === glyph?.image?.field ? "value" : field.column === "t" ? "time" : field.column.replace(/_/g, " ")
  const capital = (words) => words[0].toUpperCase() + words.slice(1)
  const label = (field.label && capital(field.label)) || (at("x") && axis_label(plot, ["below", "above"])) || (at("y") && axis_label(plot, ["left", "right"]))
    || (word.toLowerCase() === field.unit.toLowerCase() ? "Value" : word === "name" ? "Series" : field.special && word === "y" ? "Row" : field.special && word === "x" ? "Column" : capital(word))
  return field.unit && !label.includes(`(${field.unit})`) ? `${label} (${field.unit})` : label
}
const plain_number = (value, format) => {
  if (typeof value !== "number") return value === null || value === undefined || value === "" ? "–" : String(value)
  if (!Number.isFinite(value)) return "–"
  const digits = /\.(0+)/.exec(format)?.[1].length
  const share = format.endsWith("%")
  const text = (share ? value * 100 : value).toLocaleString("en-AU", digits === undefined && !format
    ? {maximumSignificantDigits: 6} : {minimumFractionDigits: digits ?? 0, maximumFractionDigits: digits ?? 0})
  return text.replace("-", "−") + (share ? "%" : "")
}
const plain_time = (ms) => Number.isFinite(ms) ? new Date(ms).toISOString().slice(0, 16).replace("T", " ") : "–"

// A picture has a cell for each pixel; its table has the first so many, the files of the Data menu have all.
const MOST_ROWS = 20000
// One table: {columns: [label], count, drawn, row(n) -> [text]}. A place is a row of the source, or a cell of its images.
const sheet = (plot, renderer, fields, formatters) => {
  const source = renderer.data_source, glyph = renderer.glyph, data = source.data
  const images = /^Image/.test(glyph.type ?? "")
  let count, place
  if (images) {
    const all = data[glyph.image?.field] ?? []
    const [height, width] = all[0]?.shape ?? [all[0]?.length ?? 0, all[0]?.[0]?.length ?? 0]
    count = all.length * height * width
    place = (n) => {
      const index = Math.floor(n / (height * width)), j = height - 1 - Math.floor(n / width) % height, i = n % width
      return {index, i, j, flat_index: j * width + i}
    }
  } else {
    const x = data[glyph.x?.field], steps = x && plot.renderers.some(r => r.data_source === source
      && (r.glyph?.mode === "after" || r.glyph?.step_mode === "after") && r.glyph.x?.field === glyph.x.field)
    // Of a step both edges are in the source, the second one only to end it.
    const rows = [...Array(source.get_length() ?? 0).keys()].filter(i => !steps || x[i + 1] > x[i])
    count = rows.length
    place = (n) => ({index: rows[n]})
  }
  const times = new Set(["below", "above", "left", "right"].flatMap(s => plot[s] ?? []).some(a => /^Datetime/.test(a.type)) ? [glyph.x?.field] : [])
  const cell = (field, place) => {
    const column = data[field.column]
    let value = field.special ? (field.column === "name" ? renderer.name : field.column === "index" ? place.index : 0) : column?.[place.index]
    if (images && value?.length !== undefined && typeof value !== "string") value = value[place.flat_index] ?? value[place.j]?.[place.i]
    const way = formatters.get?.(field.key) ?? formatters[field.key]
    if (way && typeof way.format === "function") {
      const special = {index: place.index, indices: [place.index], image_index: place, name: renderer.name, glyph_view: null}
      try { return String(way.format(value, field.format, special)) } catch { /* written plainly */ }
    }
    return way === "datetime" || times.has(field.column) ? plain_time(value) : plain_number(value, field.format)
  }
  const columns = fields.map(f => named(f, plot, glyph))
  return {columns, drawn: count, count: Math.min(count, MOST_ROWS), row: (n) => fields.map((f) => {
    const text = cell(f, place(n))
    return f.unit && text.endsWith(" " + f.unit) ? text.slice(0, -f.unit.length - 1) : text
  })}
}
const sheets_of = (plot) => {
  const drawn = plot.renderers.filter(r => r.data_source && r.glyph)
  const out = []
  for (const hover of plot.toolbar.tools.filter(t => t.type === "HoverTool")) {
    const fields = hover_fields(hover.tooltips)
    const wanted = fields.filter(f => !f.special).map(f => f.column)
    const own = Array.isArray(hover.renderers) ? hover.renderers : drawn.filter(r => r.visible)
    const seen = new Set()
    for (const renderer of own.filter(r => r.data_source && wanted.some(c => c in r.data_source.data))) {
      if (seen.has(renderer.data_source)) continue
      seen.add(renderer.data_source)
      const known = fields.filter(f => f.special || f.column in renderer.data_source.data)
      out.push({...sheet(plot, renderer, known, hover.formatters), name: renderer.name ?? ""})
    }
  }
  if (!out.length && drawn.length) {
    const {glyph, data_source} = drawn[0]
    const fields = Object.keys(glyph.attributes).filter(n => glyph[n]?.field in data_source.data).map(n => glyph[n].field)
    out.push(sheet(plot, drawn[0], [...new Set(fields)].map(column => ({column, key: "@" + column, format: "", label: "", unit: "", special: false})), {}))
  }
  const title = plot.name || axis_label(plot, ["left", "right"]) || "Figure"
  const full = out.filter(s => s.count && s.columns.length)
  return full.map(s => ({...s, name: full.length > 1 && s.name ? `${title}: ${s.name}` : title}))
}

// What several entries of one colour have in common: "NSW mean" and "NSW highest" are NSW.
const in_common = (labels) => {
  const words = labels.map(l => l.split(" "))
  const first = words[0].findIndex((w, i) => words.some(other => other[i] !== w))
  return first < 0 ? labels[0] : words[0].slice(0, first).join(" ") || labels[0]
}
// Colours and what they stand for: a legend of the card, else the swatches of each hover, else colours among the data.
const legend_in = (view, plots) => {
  const parts = (v) => [...listed(v.model?.data?.entries), ...(v.child_views ?? []).flatMap(parts)]
  const from_hovers = (plot) => plot.toolbar.tools.filter(t => t.type === "HoverTool").flatMap(t => hover_fields(t.tooltips))
    .filter(f => f.colour && f.label)
  const from_data = (plot) => plot.renderers.filter(r => r.visible && r.data_source).flatMap(({data_source: {data}}) => {
    const colours = [...(data.colour ?? data.color ?? [])], known = ["fuel", "label", "part", "name", "category", "region"]
    // The words that go with the colours: one of each for each.
    const names = known.map(n => data[n]).find(words => words && typeof words[0] === "string"
      && new Set(colours.map((c, i) => c + words[i])).size === new Set(colours).size && new Set(words).size === new Set(colours).size)
    return names ? colours.map((colour, i) => ({label: names[i], colour})) : []
  })
  const given = parts(view)
  const each = given.length ? [given] : plots.map(plot => { const own = from_hovers(plot); return own.length ? own : from_data(plot) })
  const out = []
  for (const entries of each) {
    const by_colour = entries.reduce((m, e) => m.set(e.colour, [...(m.get(e.colour) ?? []), e]), new Map())
    for (const [colour, same] of by_colour) out.push({colour, label: in_common(same.map(e => e.label))})
  }
  return out.filter((e, i) => out.findIndex(o => o.label === e.label && o.colour === e.colour) === i)
}
