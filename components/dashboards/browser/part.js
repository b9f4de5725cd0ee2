// What a part calls its model: the lists in it (TOLD, their names) are read from their text, each text once.
const reading = (model) => {
  const known = new Map()
  const get = (target, name) => {
    const value = target[name]
    if (!TOLD.has(name)) return typeof value === "function" ? value.bind(target) : value
    if (known.get(name)?.value !== value) known.set(name, {value, list: listed(value)})
    return known.get(name).list
  }
  return new Proxy(model, {get, set: (target, name, value) => { target[name] = value; return true }})
}
const render_part = (props) => render({...props, model: reading(props.model)})
export {render_part as render}
