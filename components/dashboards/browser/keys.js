// The keys of every page, and the list of them.
const KEYS = [["/", "Search stations"], ["←", "Earlier by one window"], ["→", "Later by one window"], ["+", "Zoom in about the middle"],
  ["−", "Zoom out"], ["r", "Next region"], ["?", "This list"], ["Esc", "Close"]]
const deep_find = (selector, within = document) => {
  const found = within.querySelector(selector)
  if (found) return found
  for (const node of within.querySelectorAll("*")) {
    const inside = node.shadowRoot && deep_find(selector, node.shadowRoot)
    if (inside) return inside
  }
  return null
}
const show_keys = (place) => {
  const before = deep_active()
  const close = h("button", {type: "button", class: "close", "aria-label": "Close", onclick: () => box.close()}, "×")
  const box = h("dialog", {class: "box", "aria-label": "Keys"}, h("header", {}, h("h2", {}, "Keys"), close),
    h("dl", {}, KEYS.map(([key, what]) => h("div", {}, h("dt", {}, h("kbd", {}, key)), h("dd", {}, what)))))
  box.addEventListener("click", e => { if (e.target === box) box.close() })
  box.addEventListener("close", () => { box.remove(); before?.focus?.() })
  place.append(box)
  box.showModal()
  close.focus()
}
const listen_to_keys = (model, place, bar, ask) => {
  const show = () => show_keys(place)
  const search = () => {
    const box = deep_find("input[type=search]")
    if (box) { box.focus(); box.select(); return true }
    const page = deep_find('nav a[href^="./stations"]')
    if (page) location.href = page.href + "#search"
    return Boolean(page)
  }
  const next_region = () => {
    if (!model.regions.length) return
    const values = model.regions.map(r => r.value)
    const next = values[(values.indexOf(model.region[0] ?? model.all_region) + 1) % values.length]
    return ask({region: next === model.all_region ? [] : [next]})
  }
  const move = (what) => model.presets.length && ask(what)
  const doing = {
    "/": search, "?": show, r: next_region, ArrowLeft: () => move({pan: -1}), ArrowRight: () => model.can_later && move({pan: 1}),
    "+": () => move({zoom: 1}), "=": () => move({zoom: 1}), "-": () => move({zoom: -1}), "−": () => move({zoom: -1}),
  }
  // Not while something is typed, chosen from a list, or shown on top of the page.
  const elsewhere = (node) => /^(SELECT|TEXTAREA|DIALOG|DETAILS)$/.test(node.tagName ?? "") || node.isContentEditable
    || (node.tagName === "INPUT" && !/^(checkbox|radio|button)$/.test(node.type))
  const pressed = (e) => {
    if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || !(e.key in doing) || e.composedPath().some(elsewhere) || deep_find("dialog[open]")) return
    e.preventDefault()
    if (!(e.repeat && bar.classList.contains("busy"))) doing[e.key]()
  }
  addEventListener("keydown", pressed)
  addEventListener("nem:keys", show)
  // Come here to search: from a page without a search box.
  let tries = 0
  const arrive = () => {
    const box = Bokeh.documents.every(d => d.is_idle) && deep_find("input[type=search]")
    if (box) { history.replaceState(null, "", location.pathname + location.search); box.focus() }
    else if (++tries < 200) setTimeout(arrive, 60)
  }
  if (location.hash === "#search") arrive()
  return () => { removeEventListener("keydown", pressed); removeEventListener("nem:keys", show) }
}
