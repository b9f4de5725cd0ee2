export function render({model}) {
  const root = h("footer", {})
  draw_on(model, ["notes", "source"], () => put(root,
    ...model.notes.map(n => h("p", {}, n)),
    h("p", {}, ...model.source.map(s => s.href ? h("a", {href: s.href, rel: "noopener", target: "_blank"}, s.text) : s.text),
      model.source.length ? " " : null, "Times are NEM time (UTC+10), intervals end at their stamp.")))
  return root
}
