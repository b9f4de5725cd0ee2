// Copying works without https too: the old way, from a text field inside the part.
const copied = async (text, place) => {
  if (window.isSecureContext && navigator.clipboard) {
    try { await navigator.clipboard.writeText(text); return true } catch { /* not allowed: the old way */ }
  }
  const field = h("textarea", {readonly: true, style: "position:fixed;left:0;top:0;opacity:0"})
  field.value = text
  place.append(field)
  field.select()
  let done = false
  try { done = document.execCommand("copy") } catch { /* said below */ }
  field.remove()
  return done
}
const copy_button = (label, text, name) => {
  const button = h("button", {type: "button", class: "copy", "aria-live": "polite", "aria-label": name}, label)
  button.addEventListener("click", async () => {
    const done = await copied(text(), button.parentNode)
    button.focus()
    button.textContent = done ? "Copied ✓" : "Not allowed: select and copy"
    button.classList.toggle("done", done)
    setTimeout(() => { button.textContent = label; button.classList.remove("done") }, 2500)
  })
  return button
}
