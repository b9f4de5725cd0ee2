// A card as a picture: title, what is shown, legend, its figures, source; on the theme's own background.
const MARGIN = 20
const FONT_FAMILY = "Roboto, system-ui, sans-serif"
// At least two pixels for each of the screen's, so that a picture can be printed; a figure paints itself anew for it.
const sharply = (paint) => {
  const stock = Object.getOwnPropertyDescriptor(window, "devicePixelRatio"), ratio = Math.max(2, window.devicePixelRatio)
  Object.defineProperty(window, "devicePixelRatio", {configurable: true, get: () => ratio})
  try { return paint(ratio) } finally { Object.defineProperty(window, "devicePixelRatio", stock) }
}
// Words in lines that fit.
const lines_in = (pen, text, width) => {
  const out = [""]
  const short = (word) => { while (word.length > 1 && pen.measureText(word).width > width) word = word.slice(0, -2) + "…"; return word }
  for (const word of text.split(" ").map(short)) {
    const longer = out.at(-1) ? `${out.at(-1)} ${word}` : word
    if (out.at(-1) && pen.measureText(longer).width > width) out.push(word)
    else out[out.length - 1] = longer
  }
  return out
}
const picture = (view, heading, detail, source) => sharply((ratio) => {
  const plots = plots_in(view), colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--nem-${name}`).trim()
  const figures = plots.map(p => ({canvas: p.export("png", true).canvas, width: p.el.offsetWidth, height: p.el.offsetHeight}))
  const width = Math.max(360, ...figures.map(f => f.width)), legend = legend_in(view, plots.map(p => p.model))
  const canvas = h("canvas", {}), pen = canvas.getContext("2d")
  // Twice: once to learn how high it is, once to paint.
  const paint = (seen) => {
    const put_text = (text, x, y) => { if (seen) pen.fillText(text, x, y) }
    let y = MARGIN
    const words = (text, font, ink, step) => {
      pen.font = font
      pen.fillStyle = ink
      for (const line of lines_in(pen, text, width)) { y += step; put_text(line, MARGIN, y - step * .28) }
    }
    words(heading, `600 18px ${FONT_FAMILY}`, colour("ink"), 24)
    if (detail) words(detail, `13px ${FONT_FAMILY}`, colour("muted"), 19)
    y += 8
    pen.font = `12px ${FONT_FAMILY}`
    let x = MARGIN
    for (const {label, colour: fill} of legend) {
      const wide = 17 + pen.measureText(label).width
      if (x > MARGIN && x + wide > MARGIN + width) { x = MARGIN; y += 18 }
      if (seen) {
        pen.fillStyle = fill; pen.fillRect(x, y + 2, 11, 11)
        pen.strokeStyle = "rgb(128 128 128 / .5)"; pen.lineWidth = 1; pen.strokeRect(x + .5, y + 2.5, 10, 10)
        pen.fillStyle = colour("ink")
      }
      put_text(label, x + 17, y + 12)
      x += wide + 16
    }
    if (legend.length) y += 24
    for (const f of figures) { if (seen) pen.drawImage(f.canvas, MARGIN, y, f.width, f.height); y += f.height }
    y += 6
    words(source, `11px ${FONT_FAMILY}`, colour("muted"), 15)
    words(`Times are NEM time (UTC+10). ${location.host}${location.pathname}${location.search}`, `11px ${FONT_FAMILY}`, colour("muted"), 15)
    return y + MARGIN
  }
  const height = Math.ceil(paint(false))
  canvas.width = (width + 2 * MARGIN) * ratio
  canvas.height = height * ratio
  pen.scale(ratio, ratio)
  pen.fillStyle = colour("card")
  pen.fillRect(0, 0, width + 2 * MARGIN, height)
  paint(true)
  return canvas
})
const save_picture = (view, heading, detail, source) => picture(view, heading, detail, source).toBlob(blob => {
  const url = URL.createObjectURL(blob)
  const name = `${heading} ${detail.split(" · ")[0]}`.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 80)
  const link = h("a", {download: `${name}.png`})
  link.href = url
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10000)
}, "image/png")
