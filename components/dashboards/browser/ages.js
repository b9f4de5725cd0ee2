// How old each dataset is: the browser's own clock goes on while nothing is published. Asks the server for the rest of the
// page's figures every so often, but not while nobody looks.
function render({model}) {
  const root = h("div", {class: "grid"})
  const ages = []
  const words = (iso) => {
    const minutes = Math.floor((Date.now() - new Date(iso).getTime()) / 60000)
    if (minutes < 0) return "ahead of this clock"
    if (minutes < 90) return `${minutes} min old`
    if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h old`
    return `${Math.floor(minutes / 1440).toLocaleString("en-AU")} days old`
  }
  const tick = () => {
    for (const [node, row] of ages) {
      node.textContent = row.iso ? words(row.iso) : "no data"
      const late = row.late && row.iso && Date.now() - new Date(row.iso).getTime() > row.late * 1000
      node.parentElement.classList.toggle("late", Boolean(late))
    }
  }
  draw_on(model, ["rows"], () => {
    ages.length = 0
    put(root, model.rows.map(row => {
      const age = h("span", {class: "age"})
      ages.push([age, row])
      return h("div", {class: "tile", "data-key": row.name}, h("span", {class: "label"}, row.label), age,
        h("span", {class: "note"}, row.newest), h("span", {class: "note"}, row.note))
    }))
    tick()
  })
  const timer = setInterval(tick, 10000)
  const ask = () => { if (!document.hidden) model.send_msg({tick: true}) }
  const asking = setInterval(ask, model.every_seconds * 1000)
  // The server listens only when the document is complete; a theme that the browser prefers is told at that moment, so not then.
  const first = () => { waiting = Bokeh.documents.every(d => d.is_idle) ? setTimeout(ask, 1500) : setTimeout(first, 60) }
  let waiting = setTimeout(first, 60)
  model.on("remove", () => { clearInterval(timer); clearInterval(asking); clearTimeout(waiting) })
  return root
}
