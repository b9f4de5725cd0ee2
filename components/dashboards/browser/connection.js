// The socket is gone: a laptop slept, a proxy cut it, the server was started anew. The page stays as it is and says so;
// as soon as the server answers it opens its own address again, which holds everything that was chosen.
const PAUSES = [1, 2, 4, 8, 15]
const watch_connection = (model, page) => {
  const note = h("div", {class: "lost", role: "status", hidden: true})
  const rest = (seconds) => new Promise(done => setTimeout(done, 1000 * seconds))
  const shown = () => document.visibilityState === "visible" ? null :
    new Promise(done => document.addEventListener("visibilitychange", done, {once: true}))
  let gone = false, lost = false
  const come_back = async () => {
    if (lost || gone) return
    lost = true
    busy(false)
    note.textContent = "Connection lost: figures stay as they were. Trying again …"
    note.hidden = false
    for (let turn = 0; !gone; turn++) {
      // Visitors of a server that was started anew do not all come in the same second.
      await rest(PAUSES[Math.min(turn, PAUSES.length - 1)] * (0.7 + 0.6 * Math.random()))
      await shown()
      try {
        // A file opens no session; a proxy's 502 is no answer.
        const answer = await fetch("static/js/bokeh.min.js", {method: "HEAD", cache: "no-store"})
        if (answer.ok && !gone) return location.reload()
      } catch { /* not yet */ }
    }
  }
  page?.on_event("connection_lost", come_back)
  const back_from_cache = (event) => { if (event.persisted) location.reload() }
  addEventListener("pageshow", back_from_cache)
  model.on("remove", () => { gone = true; removeEventListener("pageshow", back_from_cache) })
  return note
}
