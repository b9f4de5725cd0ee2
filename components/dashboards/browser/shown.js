// Tells the server that everything before it is on the screen.
function render({model}) {
  requestAnimationFrame(() => setTimeout(() => model.send_msg({shown: true}), 0))
  return h("span", {hidden: true})
}
