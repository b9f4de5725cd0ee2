// Colours and what they stand for.
function render({model}) {
  const root = h("div", {class: "entries"})
  draw_on(model, ["entries"], () => put(root, model.entries.map(e => h(e.href ? "a" : "span", {href: e.href},
    h("i", {style: `background:${/^#[0-9A-Fa-f]{6}$/.test(e.colour) ? e.colour : "none"}`}), e.label))))
  return root
}
