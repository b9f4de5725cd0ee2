// Search with its hits in groups. What is typed goes to the server; the cursor stays in the box while arrows move over the hits.
function render({model}) {
  const root = h("div", {class: "finder"})
  const input = h("input", {type: "search", placeholder: model.placeholder, "aria-label": model.placeholder, role: "combobox",
    "aria-expanded": "true", "aria-controls": "hits", "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false"})
  input.value = model.typed
  const list = h("div", {class: "hits", id: "hits", role: "listbox", "aria-label": "Stations and units"})
  let timer = null, at = -1
  const text = () => input.value.slice(0, 100)
  const ask = (more) => { clearTimeout(timer); model.send_msg({typed: text(), ...more}) }
  const rows = () => [...list.querySelectorAll("[role=option]")]
  const mark = (to) => {
    at = to
    rows().forEach((r, i) => { r.classList.toggle("at", i === at); if (i === at) { r.scrollIntoView({block: "nearest"}); input.setAttribute("aria-activedescendant", r.id) } })
    if (at < 0) input.removeAttribute("aria-activedescendant")
  }
  const choose = (x, add) => tell_server(model, {[add ? "add" : "chosen"]: x.key, elsewhere: Boolean(x.href)})
  input.addEventListener("input", () => { at = -1; clearTimeout(timer); timer = setTimeout(() => ask({}), 120) })
  input.addEventListener("keydown", e => {
    const count = rows().length
    if ((e.key === "ArrowDown" || e.key === "ArrowUp") && count) {
      const step = e.key === "ArrowDown" ? 1 : -1
      mark(at < 0 ? (step > 0 ? 0 : count - 1) : (at + step + count) % count)
      e.preventDefault()
    } else if (e.key === "Enter") {
      const row = rows()[at]
      if (row) (e.shiftKey ? row.nextElementSibling ?? row : row).click()
      else { busy(true); ask({enter: true}) }
      e.preventDefault()
    } else if (e.key === "Escape") {
      if (input.value) { input.value = ""; ask({}) } else input.blur()
      at = -1
      e.preventDefault()
    }
  })
  const option = (x, i) => {
    const inside = [h("i", {style: `background:${/^#[0-9A-Fa-f]{6}$/.test(x.colour) ? x.colour : "none"}`}),
      h("span", {class: "name"}, x.label), h("span", {class: "figure"}, x.figure), h("small", {}, x.sub)]
    const main = x.href
      ? h("a", {href: x.href, class: "hit", role: "option", id: `hit${i}`, "data-key": x.key, tabindex: "-1",
          onclick: e => { if (!(e.ctrlKey || e.metaKey || e.shiftKey || e.button)) { e.preventDefault(); choose(x) } }}, inside)
      : h("button", {type: "button", class: "hit", role: "option", id: `hit${i}`, "data-key": x.key, tabindex: "-1",
          "aria-selected": String(model.chosen.includes(x.key)), onclick: () => choose(x)}, inside)
    const add = h("button", {type: "button", class: "add", title: model.chosen.includes(x.key) ? "Shown already" : "Compare with what is shown",
      "aria-label": `Compare ${x.label}`, tabindex: "-1", disabled: model.chosen.includes(x.key), onclick: () => choose(x, true)}, "+")
    return h("div", {class: "row"}, main, add)
  }
  draw_on(model, ["groups", "note", "chosen"], () => {
    let i = 0
    put(list, ...model.groups.flatMap(g => [g.heading ? h("h3", {}, g.heading) : null, ...g.hits.map(x => option(x, i++))]), h("p", {}, model.note))
    at = -1
    input.removeAttribute("aria-activedescendant")
  })
  // Back and links change what was typed; while it is being typed the box is ahead of the server.
  model.on("typed", () => { if (deep_active() !== input) input.value = model.typed })
  root.append(input, list)
  return root
}
