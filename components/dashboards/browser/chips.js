// Who is shown: a chip each, one of them on; some can be taken away.
function render({model}) {
  const root = h("div", {}), facts = h("div", {class: "facts"}), chips = h("div", {class: "chips", role: "group"})
  root.append(facts, chips)
  draw_on(model, ["chips", "facts", "caption"], () => {
    put(facts, ...model.facts.flatMap((f, i) => [i ? " · " : null, f.href ? h("a", {href: f.href}, f.text) : f.text]))
    chips.hidden = !model.chips.length
    facts.hidden = !model.facts.length
    chips.setAttribute("aria-label", model.caption || "Shown")
    put(chips, model.caption ? h("span", {class: "caption"}, model.caption) : null, ...model.chips.map(c =>
      h("span", {class: "chip" + (c.on ? " on" : "")},
        h("button", {type: "button", title: c.title, "aria-pressed": String(Boolean(c.on)), "data-key": c.key, onclick: () => tell_server(model, {chip: c.key})},
          c.colour ? h("i", {class: c.dash ? "dash" : null, style: `background:${/^#[0-9A-Fa-f]{6}$/.test(c.colour) ? c.colour : "none"}`}) : null, c.label),
        c.removable ? h("button", {type: "button", class: "off", "aria-label": `Take ${c.label} away`, onclick: () => tell_server(model, {remove: c.key})}, "×") : null)))
  })
  return root
}
