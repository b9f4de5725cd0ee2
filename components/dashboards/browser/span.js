// The window that is compared with: two dates, and the usual ones as buttons.
function render({model}) {
  const root = h("div", {class: "span"})
  draw_on(model, ["first_date", "last_date", "from_date", "to_date", "presets", "caption"], () => {
    const one = (label, value) => {
      const input = h("input", {type: "date", "aria-label": label, min: model.first_date, max: model.last_date})
      input.value = value
      return input
    }
    const start = one("First day of the other window", model.from_date), end = one("Last day of the other window", model.to_date)
    for (const input of [start, end])
      input.addEventListener("change", () => { if (start.value && end.value) tell_server(model, {from_date: start.value, to_date: end.value}) })
    put(root, h("span", {class: "caption"}, model.caption), start, h("span", {}, "–"), end, ...model.presets.map(p =>
      h("button", {type: "button", title: p.title, "aria-pressed": String(Boolean(p.on)), class: p.on ? "on" : null, onclick: () => tell_server(model, {preset: p.value})}, p.label)))
  })
  return root
}
