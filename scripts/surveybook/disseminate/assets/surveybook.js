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
      script.onerror = () => {
        vega = null; // the next figure tries again
        failed(new Error("the chart script could not be loaded: " + vegaUrl));
      };
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
    Object.assign(config.title, { color: ink, subtitleColor: quiet });
    const colours = {
      label: ink, value: ink, key: ink, tick: quiet, grid: "#3c4043", dot: accent, interval: accent,
      differ: "#24567a", bound: quiet, band: "#3d8ec4", bar: accent, printed: ink, hatch: "#3d8ec4",
      drawn: ink, half: ink, area: "#24567a", note: ink, stamp: quiet,
    };
    Object.assign(config.axis, { labelColor: quiet, titleColor: quiet, gridColor: "#3c4043" });
    for (const [style, colour] of Object.entries(colours)) config.style[`sb-${style}`].color = colour;
    return dark;
  }

  // Vega measures a chart's box only when the window changes; the theme's columns move later.
  let waiting = null;
  const boxes = new ResizeObserver(() => {
    waiting ??= requestAnimationFrame(() => {
      waiting = null;
      document.querySelectorAll(".sb-figure[data-live]").forEach((figure) => {
        const width = figure.querySelector(".sb-live").clientWidth;
        if (width && figure.sbView.view.width() !== width) figure.sbView.view.width(width).run();
      });
    });
  });

  async function draw(figure) {
    const dark = isDark();
    const holder = figure.querySelector(".sb-chart");
    const picture = holder.querySelector("img");
    const spec = figure.sbSpec ?? JSON.parse(figure.querySelector(".sb-spec").textContent);
    const live = document.createElement("div");
    live.className = "sb-live";
    holder.append(live);
    try {
      const embed = await loadVega();
      const result = await embed(live, dark ? darkened(spec) : spec, {
        mode: "vega-lite",
        renderer: "svg",
        actions: false,
        ast: true, // no eval, so that a strict content security policy can stand
        tooltip: { theme: dark ? "dark" : "light" },
      });
      figure.sbView?.finalize();
      figure.sbView = result;
      showReplicate(figure);
    } catch (error) {
      live.remove(); // the picture stays
      throw error;
    }
    // vega-embed names the chart after itself; a screen reader needs what is seen.
    live.setAttribute("role", "img");
    live.setAttribute("aria-label", picture.alt);
    live.removeAttribute("aria-roledescription");
    holder.querySelectorAll(".sb-live").forEach((old) => {
      if (old === live) return;
      boxes.unobserve(old);
      old.remove();
    });
    picture.hidden = true;
    figure.dataset.live = dark ? "dark" : "light";
    boxes.observe(live);
    if (dark !== isDark()) await draw(figure); // the scheme changed while this was drawn
  }

  // Vega shows a tooltip where the pointer moves; a tap only clicks.
  document.addEventListener("click", (event) => {
    const mark = event.target.closest?.(".sb-live svg *");
    if (!mark) return;
    const at = { bubbles: true, clientX: event.clientX, clientY: event.clientY, pageX: event.pageX, pageY: event.pageY };
    mark.dispatchEvent(new PointerEvent("pointermove", at));
  });

  // Figures of what only real answers could tell: loaded when opened, and drawn again on request.

  function loadOpen(details) {
    return new Promise((done, failed) => {
      const name = details.dataset.figure;
      const script = document.createElement("script");
      script.src = details.dataset.script;
      script.onload = () => done(window.surveybookOpen[name]);
      script.onerror = () => failed(new Error("the figure's data could not be loaded: " + script.src));
      document.head.append(script);
    });
  }

  const said = (share) => (share === null ? "nobody to ask" : `${share} percent`);

  function showReplicate(figure) {
    if (figure.sbReplicate === undefined) return;
    const view = figure.sbView.view;
    view.signal("replicate", figure.sbReplicate).run();
    const shares = Object.values(figure.sbSpec.datasets)
      .flat()
      .filter((row) => row.draws)
      .map((row) => `${row.label}: ${said(row.draws[figure.sbReplicate])}`);
    figure.querySelector(".sb-drawn").textContent = `${figure.sbDraws[figure.sbReplicate]} ${shares.join("; ")}.`;
  }

  function drawAgain(figure) {
    const last = figure.sbReplicate;
    do {
      figure.sbReplicate = Math.floor(Math.random() * figure.sbDraws.length);
    } while (figure.sbReplicate === last);
    showReplicate(figure);
  }

  async function openFigure(details) {
    if (details.dataset.opened) return;
    details.dataset.opened = "true";
    const figure = details.querySelector(".sb-figure");
    try {
      await showOpen(details, figure);
      figure.querySelector(".sb-failed")?.remove();
    } catch (error) {
      delete details.dataset.opened; // opening it once more tries again
      figure.querySelectorAll(".sb-again, .sb-drawn, .sb-failed").forEach((old) => old.remove());
      const said = document.createElement("p");
      said.className = "sb-failed";
      said.setAttribute("role", "status");
      said.textContent = "The live chart could not be loaded; the picture stays. Close and open again to retry.";
      figure.querySelector(".sb-chart").after(said);
    }
  }

  async function showOpen(details, figure) {
    const { spec, draws } = await loadOpen(details);
    Object.assign(figure, { sbSpec: spec, sbDraws: draws });
    if (draws.length > 1) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sb-again";
      button.textContent = "Draw again";
      button.addEventListener("click", () => drawAgain(figure));
      const drawn = document.createElement("p");
      drawn.className = "sb-drawn";
      drawn.setAttribute("role", "status");
      // No replicate is the first among them, so a reader begins with any.
      figure.sbReplicate = Math.floor(Math.random() * draws.length);
      figure.querySelector(".sb-chart").after(drawn);
      await draw(figure);
      drawn.before(button); // not before there is a chart to draw in
    } else {
      await draw(figure);
    }
  }

  document.querySelectorAll(".sb-open").forEach((details) => {
    details.addEventListener("toggle", () => details.open && openFigure(details));
    if (details.open) openFigure(details);
  });

  const watcher = new IntersectionObserver(
    (entries) => {
      for (const entry of entries.filter((seen) => seen.isIntersecting)) {
        watcher.unobserve(entry.target);
        draw(entry.target);
      }
    },
    { rootMargin: "300px" },
  );

  document.querySelectorAll(".sb-figure:not(.sb-wide, .sb-open .sb-figure)").forEach((figure) => watcher.observe(figure));

  new MutationObserver(() => {
    const wanted = isDark() ? "dark" : "light";
    document.querySelectorAll(".sb-figure[data-live]").forEach((figure) => {
      if (figure.dataset.live !== wanted) draw(figure);
    });
  }).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
})();
