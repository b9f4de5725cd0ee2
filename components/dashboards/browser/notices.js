// Market notices: one line each, opened by a click; their words come from outside and are only ever text.
function render({model}) {
  const root = h("div", {class: "notices"})
  draw_on(model, ["notices"], () => {
    const open = new Set([...root.querySelectorAll("details[open]")].map(d => d.dataset.id))
    put(root, model.notices.map(n => h("details", {"data-id": n.id, open: open.has(n.id)},
      h("summary", {}, h("span", {class: "when"}, n.when), n.kind ? h("span", {class: "kind"}, n.kind) : null, h("span", {class: "title"}, n.title)),
      h("p", {}, n.text || "No text."))))
  })
  return root
}
