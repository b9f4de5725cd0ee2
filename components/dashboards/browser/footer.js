// The end of every page: notes, where the figures come from. It keeps what cards need of their figures: as a table, as a picture.
function render({model}) {
  const root = h("div", {}), foot = h("footer", {})
  root.append(foot)
  const source = () => model.source.map(s => s.text).join("")
  window.nem_figures = {
    any: (view) => plots_in(view).length > 0,
    table: (view, heading, detail) => show_table(root, view, heading, detail),
    picture: (view, heading, detail) => save_picture(view, heading, detail, source()),
  }
  draw_on(model, ["notes", "source"], () => put(foot,
    ...model.notes.map(n => h("p", {}, n)),
    h("p", {}, ...model.source.map(s => s.href ? h("a", {href: s.href, rel: "noopener", target: "_blank"}, s.text) : s.text),
      model.source.length ? " " : null, "Times are NEM time (UTC+10), intervals end at their stamp. ",
      h("button", {type: "button", class: "keys", onclick: () => dispatchEvent(new CustomEvent("nem:keys"))}, "Keyboard (?)"))))
  return root
}
