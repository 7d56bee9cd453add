// The preview's own script: shows a page again when it has changed, where the author was, and faults on top of it.
(() => {
  const box = document.createElement("div");
  box.id = "surveybook-preview";
  box.setAttribute("role", "status");
  const style = document.createElement("style");
  style.textContent = `
    #surveybook-preview { position: fixed; inset: auto 0 0 0; z-index: 9999; max-height: 60vh; overflow: auto;
      font: 0.95rem/1.5 system-ui, sans-serif; background: #fff; color: #222; border-top: 4px solid #b00020; padding: 0.5rem 1rem; }
    #surveybook-preview[hidden] { display: none; }
    #surveybook-preview.busy { border-top-color: #888; padding: 0.1rem 1rem; }
    #surveybook-preview pre { white-space: pre-wrap; margin: 0.5rem 0; background: none; color: inherit; border: 0; }
  `;
  document.head.append(style);
  document.body.append(box);
  box.hidden = true;

  const here = () => {
    const path = decodeURIComponent(location.pathname).replace(/^\//, "");
    return path === "" || path.endsWith("/") ? path + "index.html" : path;
  };

  const showError = (text) => {
    const words = document.createElement("pre");
    words.textContent = text;
    const close = document.createElement("button");
    close.textContent = "Show the last good version";
    close.addEventListener("click", () => { box.hidden = true; });
    box.replaceChildren("The last edit could not be shown.", words, close);
    box.className = "";
    box.hidden = false;
  };

  const news = new EventSource("/_preview");
  news.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.error) showError(message.error);
    else if (message.building) {
      box.className = "busy";
      box.replaceChildren("Building …");
      box.hidden = false;
    } else if (message.done) box.hidden = true;
    if (message.pages && message.pages.includes(here())) location.reload(); // the browser keeps the place
  };
})();
