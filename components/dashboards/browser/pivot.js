// Groups within groups. The server sends a page of rows in words, already opened and sorted; what is clicked or typed here is
// only ever asked of it. Arrow keys move through the rows, → opens, ← closes, Enter follows the row's link.
function render({model}) {
  const root = h("div", {class: "pivot"}), levels = h("div", {class: "levels"}), sheet = h("div", {class: "sheet"}), pager = h("nav", {class: "pager", "aria-label": "Pages of the table"})
  root.append(levels, sheet, pager)
  const ask = (what) => tell_server(model, what)
  const colour = (c) => /^#[0-9A-Fa-f]{6}$/.test(c ?? "") ? c : "none"
  const held = () => root.getRootNode().activeElement
  let back = null, dragged = null

  const names = () => model.levels.map(l => l.name)
  const move = (name, to) => {
    const others = names().filter(n => n !== name)
    others.splice(Math.max(0, Math.min(to, others.length)), 0, name)
    if (others.join() !== names().join()) { back = `level ${name}`; ask({levels: others}) }
  }
  const drop = (name) => { if (model.levels.length > 1) { back = "add"; ask({levels: names().filter(n => n !== name)}) } }
  const chip = (l, i) => {
    const last = model.levels.length - 1
    const node = h("li", {class: "chip", draggable: "true", "data-name": l.name},
      h("button", {type: "button", class: "shift", "aria-label": `${l.label} further out`, title: "Further out", disabled: i === 0, onclick: () => move(l.name, i - 1)}, "‹"),
      h("button", {type: "button", class: "word", "data-back": `level ${l.name}`, title: "Drag, or press ← and → to move; Delete to remove"}, l.label),
      h("button", {type: "button", class: "shift", "aria-label": `${l.label} further in`, title: "Further in", disabled: i === last, onclick: () => move(l.name, i + 1)}, "›"),
      h("button", {type: "button", class: "shift", "aria-label": `Remove ${l.label}`, title: "Remove", disabled: last === 0, onclick: () => drop(l.name)}, "×"))
    node.addEventListener("keydown", e => {
      if (!e.target.classList.contains("word")) return
      const step = {ArrowLeft: -1, ArrowRight: 1}[e.key]
      if (step) { e.preventDefault(); move(l.name, i + step) }
      else if (e.key === "Delete" || e.key === "Backspace") { e.preventDefault(); drop(l.name) }
    })
    node.addEventListener("dragstart", e => { dragged = l.name; e.dataTransfer.effectAllowed = "move"; e.dataTransfer.setData("text/plain", l.label) })
    node.addEventListener("dragover", e => { if (dragged) { e.preventDefault(); node.classList.add("over") } })
    node.addEventListener("dragleave", () => node.classList.remove("over"))
    node.addEventListener("dragend", () => { dragged = null })
    node.addEventListener("drop", e => { e.preventDefault(); node.classList.remove("over"); if (dragged) move(dragged, i); dragged = null })
    return node
  }
  const draw_levels = () => {
    const add = h("select", {"aria-label": "Add a level", "data-back": "add"}, h("option", {value: ""}, "+ level"), model.spare.map(s => h("option", {value: s.name}, s.label)))
    add.addEventListener("change", () => { if (add.value) { back = `level ${add.value}`; ask({levels: [...names(), add.value]}) } })
    put(levels, h("span", {class: "by"}, "Group by"), h("ol", {}, model.levels.map(chip)), model.spare.length ? add : null,
      model.levels.length > 1 ? h("button", {type: "button", class: "whole", "data-back": "whole", onclick: () => { back = "whole"; ask({everything: !model.deepest}) }},
        model.deepest ? "Close all" : "Open all") : null)
  }

  const head = (c) => {
    const sorted = model.sort === c.name
    return h("th", {scope: "col", class: (c.name === "name" ? "name" : "number") + (c.minor ? " minor" : ""), title: c.help,
        "aria-sort": sorted ? (model.ascending ? "ascending" : "descending") : null},
      h("button", {type: "button", "data-back": `sort ${c.name}`, onclick: () => { back = `sort ${c.name}`; ask({sort: c.name}) }},
        h("span", {}, c.label), c.unit ? h("small", {}, c.unit) : null))
  }
  const turn_over = (key, open) => { back = `row ${key}`; ask(open ? {shut: key} : {open: key}) }
  const line = (r) => h("tr", {role: "row", tabindex: "-1", "data-back": `row ${r.key}`, "data-key": r.key, "aria-level": r.depth, class: `d${r.depth}` + (r.held ? " held" : ""),
      "aria-expanded": r.open === null ? null : String(r.open)},
    h("td", {class: "name", role: "gridcell", style: `--depth:${r.depth - 1}`}, h("div", {class: "who"}, r.open === null ? h("span", {class: "turn"}) : h("button", {type: "button", class: "turn", tabindex: "-1", "aria-label": (r.open ? "Close " : "Open ") + r.label, onclick: () => turn_over(r.key, r.open)}, r.open ? "▾" : "▸"),
      r.colour ? h("i", {style: `background:${colour(r.colour)}`}) : null, h("span", {class: "text"}, r.href ? h("a", {href: r.href, tabindex: "-1"}, r.label) : r.label, r.held ? h("small", {}, "continued") : null))),
    r.cells.map((t, i) => {
      const c = model.columns[i]
      return h("td", {role: "gridcell", class: "number" + (c.minor ? " minor" : "") + (c.name === model.sort && r.part !== undefined ? " part" : ""), style: c.name === model.sort && r.part !== undefined ? `--part:${Number(r.part)}%` : null}, t)
    }))
  const draw_rows = () => {
    const columns = [{name: "name", label: model.levels.at(-1) ? model.levels.map(l => l.label).join(" › ") : ""}, ...model.columns]
    put(sheet, h("table", {role: "treegrid", "aria-label": "Revenue by group", "aria-rowcount": model.count},
      h("thead", {}, h("tr", {}, columns.map(head)),
        h("tr", {class: "total"}, h("td", {class: "name"}, "Total"), model.total.map((t, i) => h("td", {class: "number" + (model.columns[i].minor ? " minor" : "")}, t)))),
      h("tbody", {}, model.rows.map(line))))
    const first = sheet.querySelector("tbody tr")
    if (first) first.tabIndex = 0
    const n = (x) => x.toLocaleString("en-AU"), fresh = model.rows.filter(r => !r.held).length
    pager.hidden = model.pages < 2
    const turn = (label, to, off) => h("button", {type: "button", disabled: off, "data-back": label, onclick: () => { back = label; ask({turn: to}) }}, label)
    put(pager, h("span", {role: "status"}, `Rows ${n(model.first)}–${n(model.first + fresh - 1)} of ${n(model.count)}`),
      turn("‹ Previous", model.page - 1, model.page <= 1), turn("Next ›", model.page + 1, model.page >= model.pages))
  }
  sheet.addEventListener("keydown", e => {
    const row = e.target.closest("tbody tr")
    if (!row || e.ctrlKey || e.metaKey || e.altKey) return
    const rows = [...row.parentNode.children], at = rows.indexOf(row), r = model.rows[at]
    const go = (to) => { if (to) { row.tabIndex = -1; to.tabIndex = 0; to.focus() } }
    const up = () => { for (let i = at - 1; i >= 0; i--) if (model.rows[i].depth < r.depth) return rows[i] }
    const doing = {
      ArrowDown: () => go(rows[at + 1]), ArrowUp: () => go(rows[at - 1]), Home: () => go(rows[0]), End: () => go(rows.at(-1)),
      ArrowRight: () => r.open === false ? turn_over(r.key, false) : r.open ? go(rows[at + 1]) : null,
      ArrowLeft: () => r.open ? turn_over(r.key, true) : go(up()),
      Enter: () => { if (e.target === row) row.querySelector("a")?.click(); else return false },
      " ": () => { if (e.target === row && r.open !== null) turn_over(r.key, r.open); else return false },
    }[e.key]
    if (doing && doing() !== false) e.preventDefault()
  })
  draw_on(model, ["levels", "spare", "columns", "rows", "total", "sort", "ascending", "first", "count", "page", "pages", "deepest"], () => {
    const was = back ?? held()?.dataset?.back
    back = null
    draw_levels()
    draw_rows()
    const to = was && root.querySelector(`[data-back="${CSS.escape(was)}"]`)
    if (to) {
      if (to.matches("tr")) { sheet.querySelector("tbody tr[tabindex='0']")?.setAttribute("tabindex", "-1"); to.tabIndex = 0 }
      to.focus({preventScroll: true})
    }
  })
  return root
}
