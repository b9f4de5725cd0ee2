export function render({model}) {
  const root = h("footer", {})
  draw_on(model, ["notes"], () => put(root, 
    ...model.notes.map(n => h("p", {}, n)),
    h("p", {}, "Source: Australian Energy Market Operator (AEMO), ", h("a", {href: "https://www.nemweb.com.au/", rel: "noopener", target: "_blank"}, "NEMWEB"),
      ". Figures are derived from AEMO's published data; AEMO does not endorse this site. Times are NEM time (UTC+10), intervals end at their stamp.")))
  return root
}
