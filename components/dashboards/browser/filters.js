// Filters: what is let through, and in plain sight what is not, with its worth. Lists are filled by the server when they are opened.
function render({model}) {
  const root = h("div", {class: "filters"}), row = h("div", {class: "row"}), list = h("div", {class: "list", hidden: true}), left = h("div", {class: "left", role: "status"})
  root.append(row, left)
  const colour = (c) => /^#[0-9A-Fa-f]{6}$/.test(c ?? "") ? c : "none"
  const ask = (what) => tell_server(model, what)
  // Opening a list changes nothing on the page, so nothing is dimmed.
  const show = (name) => model.send_msg(name ? {filter: name} : {close: true})
  let timer = null, back = null
  const focused = () => root.getRootNode().activeElement
  const chip = (c) => {
    const open = model.picker.name === c.name
    return h("div", {class: "holder"}, h("div", {class: "chip" + (c.chosen ? " on" : "")},
      h("button", {type: "button", "data-back": `chip ${c.name}`, "aria-expanded": String(open), "aria-haspopup": "true", onclick: () => { back = open ? `chip ${c.name}` : "list"; show(open ? "" : c.name) }},
        c.label, c.chosen ? h("b", {}, c.chosen) : null, h("span", {class: "more", "aria-hidden": "true"}, "▾")),
      c.chosen ? h("button", {type: "button", class: "off", "aria-label": `All of ${c.label}`, title: "Show all", onclick: () => { back = `chip ${c.name}`; ask({filter: c.name, clear: true}) }}, "×") : null),
      open ? list : null)
  }
  const option = (o) => {
    const box = h("input", {type: "checkbox", "data-back": `box ${o.key}`})
    box.checked = o.on
    box.addEventListener("change", () => { back = `box ${o.key}`; ask({filter: model.picker.name, pick: o.key}) })
    return h("li", {}, h("label", {}, box, o.colour ? h("i", {style: `background:${colour(o.colour)}`}) : null, h("span", {class: "name"}, o.label), h("small", {}, o.worth)),
      h("button", {type: "button", class: "only", "aria-label": `Only ${o.label}`, onclick: () => { back = `box ${o.key}`; ask({filter: model.picker.name, only: o.key}) }}, "only"))
  }
  const draw_list = () => {
    const p = model.picker
    list.hidden = !p.name
    if (!p.name) { put(list); return }
    const search = h("input", {type: "text", placeholder: `Find ${p.label.toLowerCase()}`, "aria-label": `Find ${p.label.toLowerCase()}`, "data-back": "search", autocomplete: "off", spellcheck: "false"})
    search.value = p.typed
    search.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => { back = "search"; model.send_msg({typed: search.value.slice(0, 100)}) }, 150) })
    put(list, h("div", {class: "top"}, p.search ? search : h("span", {}, p.label),
        p.chosen ? h("button", {type: "button", onclick: () => { back = "list"; ask({filter: p.name, clear: true}) }}, "All") : null,
        h("button", {type: "button", "aria-label": "Close", onclick: () => { back = `chip ${p.name}`; show("") }}, "×")),
      h("ul", {}, p.options.map(option)), p.note ? h("p", {}, p.note) : null)
  }
  const draw_left = () => {
    left.hidden = !model.summary
    const first = 4, one = (x) => h("span", {class: "out"}, x.label, h("small", {}, x.worth))
    put(left, h("span", {}, model.summary), model.left.length ? [h("span", {class: "what"}, "Not shown:"), ...model.left.slice(0, first).map(one),
      model.left.length > first ? h("details", {}, h("summary", {}, `${model.left.length - first} more`), h("div", {}, model.left.slice(first).map(one))) : null] : null,
      h("button", {type: "button", "data-back": "reset", onclick: () => ask({reset: true})}, "Show everything"))
  }
  const outside = (e) => { if (model.picker.name && !e.composedPath().includes(root)) show("") }
  addEventListener("pointerdown", outside)
  model.on("remove", () => { clearTimeout(timer); removeEventListener("pointerdown", outside) })
  root.addEventListener("keydown", e => {
    if (e.key === "Escape" && model.picker.name) { back = `chip ${model.picker.name}`; show("") }
    if ((e.key === "ArrowDown" || e.key === "ArrowUp") && list.contains(e.target)) {
      const all = [...list.querySelectorAll("input")], next = all[all.indexOf(e.target) + (e.key === "ArrowDown" ? 1 : -1)]
      if (next) { next.focus(); e.preventDefault() }
    }
  })
  draw_on(model, ["chips", "summary", "left", "picker"], () => {
    const field = focused(), was = back ?? field?.dataset?.back, at = field?.dataset?.back === "search" ? field.selectionStart : null
    const rolled = list.querySelector("ul")?.scrollTop ?? 0
    back = null
    draw_list()
    put(row, h("span", {class: "by"}, "Show"), model.chips.map(chip))
    draw_left()
    if (list.querySelector("ul")) list.querySelector("ul").scrollTop = rolled
    const to = was === "list" ? list.querySelector("input") : was && root.querySelector(`[data-back="${CSS.escape(was)}"]`)
    if (to) { to.focus({preventScroll: true}); if (at !== null && to.setSelectionRange) to.setSelectionRange(at, at) }
    const host = root.getRootNode().host
    if (host) host.style.zIndex = model.picker.name ? "16" : ""
  })
  return root
}
