// Draws a figure's live chart when it comes into view. Until then, and without this script,
// its static picture stands there.
(() => {
  "use strict";
  const vegaUrl = new URL("surveybook-vega.js", document.currentScript.src).href;
  let vega = null;

  function loadVega() {
    vega ??= new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = vegaUrl;
      script.onload = () => done(window.vegaEmbed);
      script.onerror = () => failed(new Error("the chart script could not be loaded: " + vegaUrl));
      document.head.append(script);
    });
    return vega;
  }

  const isDark = () => document.documentElement.dataset.theme === "dark";

  // The chart style's colours for a dark page; the light ones are in the specification.
  function darkened(spec) {
    const ink = "#e8eaed";
    const quiet = "#b3bac2";
    const accent = "#56b4e9";
    const dark = structuredClone(spec);
    const config = dark.config;
    config.background = "#121212";
    Object.assign(config.axis, { labelColor: quiet, titleColor: quiet, gridColor: "#3c4043" });
    Object.assign(config.title, { color: ink, subtitleColor: quiet });
    config.style["sb-label"].color = ink;
    config.style["sb-value"].color = ink;
    config.style["sb-dot"].color = accent;
    config.style["sb-interval"].color = accent;
    config.style["sb-bar"].color = accent;
    config.style["sb-band"].color = "#2f6f9a";
    config.style["sb-differ"].color = "#2f6f9a";
    config.style["sb-bound"].color = quiet;
    config.style["sb-printed"].color = ink;
    return dark;
  }

  async function draw(figure) {
    const holder = figure.querySelector(".sb-chart");
    const picture = holder.querySelector("img");
    const spec = JSON.parse(figure.querySelector(".sb-spec").textContent);
    const embed = await loadVega();
    const live = document.createElement("div");
    live.className = "sb-live";
    live.setAttribute("role", "img");
    live.setAttribute("aria-label", picture.alt);
    holder.append(live);
    const result = await embed(live, isDark() ? darkened(spec) : spec, {
      mode: "vega-lite",
      renderer: "svg",
      actions: false,
      ast: true, // no eval, so that a strict content security policy can stand
      tooltip: { theme: isDark() ? "dark" : "light" },
    });
    holder.querySelectorAll(".sb-live").forEach((old) => old !== live && old.remove());
    picture.hidden = true;
    figure.dataset.live = isDark() ? "dark" : "light";
    figure.sbView?.finalize();
    figure.sbView = result;
  }

  const watcher = new IntersectionObserver(
    (entries) => {
      for (const entry of entries.filter((seen) => seen.isIntersecting)) {
        watcher.unobserve(entry.target);
        draw(entry.target);
      }
    },
    { rootMargin: "300px" },
  );

  document.querySelectorAll(".sb-figure").forEach((figure) => watcher.observe(figure));

  new MutationObserver(() => {
    const wanted = isDark() ? "dark" : "light";
    document.querySelectorAll(".sb-figure[data-live]").forEach((figure) => {
      if (figure.dataset.live !== wanted) draw(figure);
    });
  }).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
})();
