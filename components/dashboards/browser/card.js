// Head of a card: title, what is shown, and where there is nothing to show, why and what to do.
const STALE_MINUTES = 15
function render({model, view}) {
  const root = h("div", {class: "head"})
  const menu = data_menu(model, view)
  // Of a window that should be live, how old its newest data is, once that is more than it should be.
  const stale = h("span", {class: "stale", role: "status"})
  const tick = () => {
    const minutes = model.newest_iso ? Math.floor((Date.now() - new Date(model.newest_iso).getTime()) / 60000) : 0
    const age = minutes < 120 ? `${minutes} min` : minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440).toLocaleString("en-AU")} days`
    stale.textContent = `newest data is ${age} old`
    stale.hidden = model.mode !== "ready" || minutes <= STALE_MINUTES
  }
  const timer = setInterval(tick, 30000)
  model.on("remove", () => clearInterval(timer))
  model.on("newest_iso", tick)
  draw_on(model, ["heading", "offers", "detail", "mode", "reason", "actions", "commands"], () => {
    tick()
    menu.hidden = !model.offers
    menu.firstChild.setAttribute("aria-label", `Data of ${model.heading}`)
    put(root, 
      h("div", {class: "line"}, h("div", {class: "words"}, h("h2", {}, model.heading), h("span", {class: "detail"}, model.detail), stale), menu),
      model.mode === "ready" ? null : h("div", {class: "state " + model.mode, role: model.mode === "error" ? "alert" : "status"},
        h("p", {}, model.reason),
        model.commands.length ? h("pre", {}, model.commands.join("\n")) : null,
        model.actions.map(a => a.href ? h("a", {href: a.href}, a.label)
          : h("button", {type: "button", onclick: () => tell_server(model, {action: a.name})}, a.label))))
  })
  return root
}
