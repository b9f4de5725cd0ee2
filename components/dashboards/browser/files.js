// Files to take away: they come over HTTP, not through the page's socket.
function render({model}) {
  const root = h("div", {class: "files"})
  draw_on(model, ["files"], () => {
    root.hidden = !model.files.length
    put(root, ...model.files.map(f => h("a", {href: f.href, download: true}, h("span", {"aria-hidden": "true"}, "↓ "), f.label)))
  })
  return root
}
