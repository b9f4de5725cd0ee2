// Search with a list of hits; what is typed goes to the server, hits come back as words.
export function render({model}) {
  const root = h("div", {class: "box"})
  const input = h("input", {type: "search", placeholder: model.placeholder, "aria-label": model.placeholder, autocomplete: "off", spellcheck: "false"})
  input.value = model.typed
  let timer = null
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => model.send_msg({typed: input.value.slice(0, 100)}), 120) })
  const list = h("div", {class: "hits", role: "listbox", "aria-label": "Stations"})
  const choose = (key) => tell_server(model, {chosen: key})
  list.addEventListener("keydown", e => {
    const next = e.key === "ArrowDown" ? "nextElementSibling" : e.key === "ArrowUp" ? "previousElementSibling" : null
    if (next && root.getRootNode().activeElement?.[next]) { root.getRootNode().activeElement[next].focus(); e.preventDefault() }
  })
  input.addEventListener("keydown", e => {
    if (e.key === "ArrowDown") { list.querySelector("button")?.focus(); e.preventDefault() }
    if (e.key === "Enter") { clearTimeout(timer); model.send_msg({typed: input.value.slice(0, 100), enter: true}) }
  })
  draw_on(model, ["hits", "note", "chosen"], () => put(list, 
    ...model.hits.map(x => h("button", {type: "button", role: "option", "aria-selected": String(x.key === model.chosen), onclick: () => choose(x.key), "data-key": x.key},
      h("i", {style: `background:${/^#[0-9A-Fa-f]{6}$/.test(x.colour) ? x.colour : "none"}`}), h("span", {class: "name"}, x.label), h("span", {class: "figure"}, x.figure), h("small", {}, x.sub))),
    h("p", {}, model.note)))
  root.append(input, list)
  return root
}
