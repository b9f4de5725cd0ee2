// Controls of every page, always at the same place: region, range, dates, interval. It also owns the
// address: the page writes `search`, back and forward report it. A choice is a step for Back; what passes (typing, a bad
// address put right) replaces the address after a short rest.
function render({model, view}) {
  const whole = h("div", {}), root = h("div", {class: "bar"})
  whole.append(root)
  const ask = (what) => { root.classList.add("busy"); tell_server(model, what) }
  const segment = (label, options, chosen, choose, cls) => h("div", {class: "segment " + cls, role: "group", "aria-label": label},
    options.map(o => h("button", {type: "button", title: o.title, "aria-pressed": String(chosen.includes(o.value)), onclick: () => choose(o.value),
      "data-value": o.value}, o.label)))

  let clicked = []
  const pick_region = (value) => {
    if (!model.multi) return ask({region: value === model.all_region ? [] : [value]})
    if (value === model.all_region) { clicked = []; return ask({region: []}) }
    // What was clicked before counts, whether or not the server has answered.
    const now = clicked.filter(r => r !== model.all_region)
    clicked = now.includes(value) ? now.filter(r => r !== value) : [...now, value]
    ask({region: clicked})
  }
  const dates = () => {
    const one = (name, label) => {
      const input = h("input", {type: "date", "aria-label": label, min: model.first_date, max: model.last_date})
      input.value = model[name]
      input.addEventListener("change", () => { if (start.value && end.value) ask({from_date: start.value, to_date: end.value}) })
      return input
    }
    const start = one("from_date", "First day"), end = one("to_date", "Last day")
    return h("div", {class: "dates"}, start, h("span", {}, "–"), end)
  }
  const interval = () => {
    const select = h("select", {"aria-label": "Interval", title: model.interval_help}, model.intervals.map(i => h("option", {value: i.value}, i.label)))
    select.value = model.interval
    select.addEventListener("change", () => ask({interval: select.value}))
    return h("label", {class: "interval"}, select)
  }
  const choice = (c) => {
    const select = h("select", {"aria-label": c.help, title: c.help}, c.options.map(o => h("option", {value: o.value}, o.label)))
    select.value = c.value
    select.addEventListener("change", () => ask({select: c.name, value: select.value}))
    return select
  }
  draw_on(model, ["changes", "regions", "region", "presets", "preset", "can_later", "from_date", "to_date", "interval", "intervals", "toggles", "selects", "views", "view", "problems"], () => {
    const held = root.contains(document.activeElement) ? document.activeElement : root.getRootNode().activeElement
    const back = held?.dataset?.value
    root.classList.remove("busy")
    busy(false)
    clicked = [...model.region]
    put(root, 
      model.regions.length ? segment("Region", model.regions, model.region, pick_region, "regions") : null,
      model.presets.length ? h("div", {class: "range"},
        h("button", {type: "button", class: "pan", title: "Earlier by one window", "aria-label": "Earlier", onclick: () => ask({pan: -1})}, "‹"),
        segment("Range", model.presets, [model.preset], v => ask({preset: v}), "presets"),
        h("button", {type: "button", class: "pan", title: "Later by one window", "aria-label": "Later", disabled: !model.can_later, onclick: () => ask({pan: 1})}, "›")) : null,
      model.presets.length ? dates() : null, model.intervals.length ? interval() : null, model.selects.map(choice),
      model.toggles.map(t => h("label", {class: "toggle", title: t.help}, (() => {
        const box = h("input", {type: "checkbox"}); box.checked = t.on
        box.addEventListener("change", () => ask({toggle: t.name, on: box.checked}))
        return box
      })(), t.label)),
      model.views.length > 1 ? h("nav", {class: "views", "aria-label": "Views of this page"}, model.views.map(v =>
        h("button", {type: "button", title: v.title, "aria-pressed": String(v.value === model.view), "data-value": "view " + v.value,
          onclick: () => ask({view: v.value})}, v.label))) : null,
      model.problems.length ? h("div", {class: "problems", role: "alert"},
        h("ul", {}, model.problems.map(p => h("li", {}, p))),
        h("button", {type: "button", "aria-label": "Dismiss", onclick: () => ask({dismiss: true})}, "×")) : null)
    if (back) root.querySelector(`[data-value="${CSS.escape(back)}"]`)?.focus()
  })
  const plain = (s) => { try { return decodeURIComponent(s) } catch { return s } }
  let rest = null
  const write = () => {
    clearTimeout(rest)
    if (plain(model.search) === plain(location.search)) return
    const to = location.pathname + model.search + location.hash
    if (model.passing) rest = setTimeout(() => history.replaceState(null, "", to), 300)
    else history.pushState(null, "", to)
  }
  // `search` may come before `passing`: looked at when both are there.
  model.on("search", () => setTimeout(write, 0))
  if (model.problems.length) history.replaceState(null, "", location.pathname + model.search + location.hash)
  const popped = () => ask({search: location.search})
  addEventListener("popstate", popped)
  // A window dragged over in a chart is asked for as well.
  const sent = (event) => { if (event.msg_data?.event_name === "rangesupdate") { root.classList.add("busy"); busy(true) } }
  const pages = view.model.document
  pages?.on_change(sent)
  const deaf = listen_to_keys(model, whole, root, ask)
  model.on("remove", () => { clearTimeout(rest); removeEventListener("popstate", popped); pages?.remove_on_change(sent); deaf() })
  return whole
}
