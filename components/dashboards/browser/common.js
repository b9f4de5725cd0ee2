// Shared by every part. Text is only ever set as text (textContent, setAttribute on safe attributes): nothing that
// comes from outside can run.
const h = (tag, attrs = {}, ...children) => {
  const node = document.createElement(tag)
  for (const [k, v] of Object.entries(attrs)) {
    if (v === null || v === undefined || v === false) continue
    if (k === "class") node.className = v
    else if (k.startsWith("on")) node.addEventListener(k.slice(2), v)
    else if (k === "href") { if (/^(\.|\/|\?|#|https:\/\/)/.test(v)) node.setAttribute("href", v) }
    else if (k === "style") node.style.cssText = v
    else node.setAttribute(k, v === true ? "" : v)
  }
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue
    node.append(child instanceof Node ? child : document.createTextNode(String(child)))
  }
  return node
}
const svg = (tag, attrs = {}, ...children) => {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag)
  for (const [k, v] of Object.entries(attrs)) node.setAttribute(k, v)
  node.append(...children)
  return node
}
// Replace everything in a node; nothing (null, false) leaves nothing.
const put = (node, ...children) => node.replaceChildren(...children.flat().filter(c => c !== null && c !== undefined && c !== false))
// The element that has the focus, whatever shadow tree it is in.
const deep_active = () => { let node = document.activeElement; while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement; return node }
// A list as it came from the server: JSON text, which a browser reads many times faster than Bokeh's own form of it.
const listed = (value) => typeof value === "string" ? JSON.parse(value || "[]") : value ?? []
// While an answer is under way what is shown is dimmed (the cards look at this); the control bar takes it back.
const busy = (under_way) => document.documentElement.toggleAttribute("data-busy", under_way)
const tell_server = (model, what) => { busy(true); model.send_msg(what) }
// Draw now, and again after any of the named parameters has changed: once for all that change together.
const draw_on = (model, names, draw) => {
  let due = false
  const soon = () => { if (!due) { due = true; setTimeout(() => { due = false; draw() }, 0) } }
  for (const n of names) model.on(n, soon)
  draw()
}
