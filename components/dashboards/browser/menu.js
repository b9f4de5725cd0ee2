// The Data menu of a card, made when it is opened: what is drawn as a table and as a picture, and the questions behind the
// card as links for scripts and as files.
const data_menu = (model, view) => {
  let at = 0
  const body = h("div", {class: "menu"})
  const whole = (href) => new URL(href, location.href).href
  const snippet = (label, text) => h("div", {class: "snippet"}, h("div", {class: "title"}, label, copy_button("Copy", () => text, `Copy ${label}`)), h("pre", {}, text))
  const python = (link) => ["import pandas as pd", `url = "${whole(link.files[0].href)}"`,
    `frame = pd.read_csv(url${link.times.length ? `, parse_dates=${JSON.stringify(link.times)}` : ""})`].join("\n")
  const fill = () => {
    const link = model.links[Math.min(at, model.links.length - 1)]
    const tools = view.parent && window.nem_figures?.any(view.parent) ? h("div", {class: "files"},
      h("button", {type: "button", onclick: () => { box.open = false; window.nem_figures.table(view.parent, model.heading, model.detail) }}, "Show as table"),
      h("button", {type: "button", onclick: () => { box.open = false; window.nem_figures.picture(view.parent, model.heading, model.detail) }}, "PNG")) : null
    put(body, tools, link ? [
      model.links.length > 1 ? h("div", {class: "which", role: "group", "aria-label": "Which figures"}, model.links.map((l, i) =>
        h("button", {type: "button", "aria-pressed": String(l === link), onclick: () => { at = i; fill(); body.querySelectorAll(".which button")[i].focus() }}, l.label))) : h("div", {class: "title"}, link.label),
      h("div", {class: "files"}, link.files.map(f => h("a", {href: f.href, download: ""}, f.label)),
        h("a", {href: link.api, target: "_blank", rel: "noopener"}, "API link")),
      snippet("curl", `curl '${whole(link.api)}'`), snippet("pandas", python(link))] : h("p", {}, model.links_note),
      h("div", {class: "last"}, copy_button("Copy link to this view", () => location.href),
        link ? h("a", {href: "./api/docs", target: "_blank", rel: "noopener"}, "API documentation") : null))
  }
  const box = h("details", {class: "data"}, h("summary", {"aria-label": `Data of ${model.heading}`}, "Data"), body)
  const outside = (e) => { if (!e.composedPath().includes(box)) box.open = false }
  box.addEventListener("toggle", () => {
    // Above the cards that follow, only while it is open.
    const host = box.getRootNode().host
    if (host) host.style.zIndex = box.open ? "15" : ""
    if (box.open) { fill(); addEventListener("pointerdown", outside) } else removeEventListener("pointerdown", outside)
  })
  box.addEventListener("keydown", e => { if (e.key === "Escape") { box.open = false; box.firstChild.focus() } })
  model.on("remove", () => removeEventListener("pointerdown", outside))
  return box
}
