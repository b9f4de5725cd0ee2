// Below a picture: what its hatch means, how to move about in it, and the same window on other pages.
function render({model}) {
  const root = h("div", {class: "onward"})
  draw_on(model, ["links", "hints", "missing"], () => put(root,
    h("div", {class: "hints"},
      model.missing ? h("span", {class: "key"}, h("i", {}), model.missing) : null,
      model.hints.map(t => h("span", {}, t))),
    h("nav", {"aria-label": "This window on other pages"}, h("span", {}, "Open this window in"),
      model.links.map(l => h("a", {href: l.href}, l.label)))))
  return root
}
