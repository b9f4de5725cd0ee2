for (const form of document.forms) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const asked = [...new FormData(form)].filter(([, text]) => text !== "");
    const url = form.getAttribute("action") + (asked.length ? "?" + new URLSearchParams(asked) : "");
    const out = form.querySelector("output");
    out.textContent = "GET " + url;
    try {
      const answer = await fetch(url);
      const type = answer.headers.get("Content-Type") || "";
      const text = /json|csv|text/.test(type) ? await answer.text() : (await answer.arrayBuffer()).byteLength + " bytes";
      const shown = text.length > 4000 ? text.slice(0, 4000) + "\n… " + text.length + " characters" : text;
      out.textContent = "GET " + url + "\n" + answer.status + " " + type + "\n\n" + shown;
    } catch (error) {
      out.textContent = "GET " + url + "\n" + error;
    }
  });
}
