// The head of every page: navigation, where the data comes from, its newest stamp and age, theme.
function render({model, view}) {
  const root = h("div", {class: "top"})
  const lost = watch_connection(model, view.model.document)
  const dark = () => document.documentElement.dataset.theme === "dark"
  const set_theme = (is_dark, keep) => {
    document.documentElement.dataset.theme = is_dark ? "dark" : "light"
    if (keep) document.cookie = `theme=${is_dark ? "dark" : "light"};path=/;max-age=31536000;samesite=lax`
    tell()
  }
  // The server listens to changes only when the document is complete.
  const tell = () => {
    if (!Bokeh.documents.every(d => d.is_idle)) setTimeout(tell, 60)
    else if (model.dark !== dark()) model.dark = dark()
  }
  if (/(^|; )theme=/.test(document.cookie)) tell()
  else if (matchMedia("(prefers-color-scheme: dark)").matches) set_theme(true, false)

  const age = (iso) => {
    const minutes = Math.floor((Date.now() - new Date(iso).getTime()) / 60000)
    if (minutes < 0) return "ahead of this clock"
    if (minutes < 60) return `${minutes} min ago`
    if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ago`
    return `${Math.floor(minutes / 1440).toLocaleString("en-AU")} days ago`
  }
  const ago = h("span", {class: "age"})
  const tick = () => {
    ago.textContent = model.newest_iso ? age(model.newest_iso) : ""
    const late = model.newest_iso && Date.now() - new Date(model.newest_iso).getTime() > 30 * 60000
    ago.classList.toggle("late", Boolean(late))
  }
  const icon = (d) => svg("svg", {viewBox: "0 0 24 24", width: 20, height: 20, "aria-hidden": "true"},
    svg("path", {d, fill: "none", stroke: "currentColor", "stroke-width": 2, "stroke-linecap": "round", "stroke-linejoin": "round"}))
  const moon = "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z"
  const sun = "M12 7.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 0 0 0-9zM12 2v2M12 20v2M4.2 4.2l1.4 1.4M18.4 18.4l1.4 1.4M2 12h2M20 12h2M4.2 19.8l1.4-1.4M18.4 5.6l1.4-1.4"

  // Pages that do not fit into the line are in the drawer, which is the only way to all of them on a phone.
  let open = false
  const drawer = h("div", {class: "drawer", hidden: true, id: "drawer"})
  const opener = (cls, label, ...inside) => {
    const button = h("button", {type: "button", class: cls, "aria-label": label, "aria-controls": "drawer", onclick: () => show(!open)}, ...inside)
    button.addEventListener("keydown", e => { if (e.key === "ArrowDown") { show(true); drawer.querySelector("a")?.focus(); e.preventDefault() } })
    return button
  }
  const burger = opener("burger", "Pages", icon("M3 6h18M3 12h18M3 18h18"))
  const more = opener("more", "More pages")
  const nav = h("nav", {"aria-label": "Pages"})
  const show = (is_open) => {
    open = is_open
    drawer.hidden = !open
    for (const button of [burger, more]) button.setAttribute("aria-expanded", String(open))
  }
  const outside = (e) => { if (open && !e.composedPath().some(n => n === drawer || n === burger || n === more)) show(false) }
  addEventListener("pointerdown", outside)
  root.addEventListener("keydown", e => { if (e.key === "Escape" && open) { show(false); (burger.offsetWidth ? burger : more).focus() } })
  const fit = () => {
    const links = [...nav.children]
    for (const link of links) link.classList.toggle("over", link.offsetTop > links[0].offsetTop)
    const over = links.filter(l => l.classList.contains("over"))
    const current = over.find(l => l.hasAttribute("aria-current"))
    more.hidden = !over.length
    more.classList.toggle("current", Boolean(current))
    more.textContent = `${current ? current.textContent : "More"} ▾`
  }
  const fitting = new ResizeObserver(fit)
  fitting.observe(nav)
  const toggle = h("button", {type: "button", class: "theme", title: "Light or dark", "aria-label": "Toggle dark theme"})
  const face = () => toggle.replaceChildren(icon(dark() ? sun : moon))
  toggle.addEventListener("click", () => { set_theme(!dark(), true); face() })
  face()
  show(false)

  draw_on(model, ["pages", "newest_text", "newest_iso", "source_text", "demo"], () => {
    const links = () => model.pages.map(p => h("a", {href: p.href, "aria-current": p.current ? "page" : null}, p.label))
    put(nav, links())
    put(drawer, links())
    put(root,
      burger,
      h("a", {class: "brand", href: model.pages[0]?.href}, h("b", {}, "NEM"), h("span", {class: "site"}, "Energy Dashboard"),
        h("span", {class: "here"}, model.pages.find(p => p.current)?.label)),
      nav, more,
      h("div", {class: "freshness", title: "Newest interval in the data (NEM time, UTC+10), its age, and where the data comes from"},
        model.source_text ? h("span", {class: model.demo ? "badge demo" : "badge"}, model.source_text) : null,
        model.newest_text ? h("span", {class: "newest"}, model.newest_text) : null, ago),
      toggle, drawer, lost)
    fit()
    tick()
  })
  const timer = setInterval(tick, 30000)
  model.on("remove", () => { clearInterval(timer); fitting.disconnect(); removeEventListener("pointerdown", outside) })
  return root
}
