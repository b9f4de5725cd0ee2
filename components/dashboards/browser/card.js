// Head of a card: title, what is shown, and where there is nothing to show, why and what to do.
export function render({model}) {
  const root = h("div", {class: "head"})
  const menu = data_menu(model)
  draw_on(model, ["heading", "offers", "detail", "mode", "reason", "actions", "commands"], () => {
    menu.hidden = !model.offers
    menu.firstChild.setAttribute("aria-label", `Data of ${model.heading}`)
    put(root, 
      h("div", {class: "line"}, h("div", {class: "words"}, h("h2", {}, model.heading), h("span", {class: "detail"}, model.detail)), menu),
      model.mode === "ready" ? null : h("div", {class: "state " + model.mode, role: model.mode === "error" ? "alert" : "status"},
        h("p", {}, model.reason),
        model.commands.length ? h("pre", {}, model.commands.join("\n")) : null,
        model.actions.map(a => a.href ? h("a", {href: a.href}, a.label)
          : h("button", {type: "button", onclick: () => model.send_msg({action: a.name})}, a.label))))
  })
  return root
}
