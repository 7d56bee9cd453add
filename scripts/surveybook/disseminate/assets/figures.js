// Makes a figure's chart live when it comes into view. Until then, and without this script, its static
// picture stands there. Colours are properties of the page, so a chart follows its scheme by itself.
(() => {
  "use strict";
  const vegaUrl = new URL("surveybook-vega.js", document.currentScript.src).href;
  const cards = window.surveybookCards;
  let vega = null;

  function loadScript(address) {
    return new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = done;
      script.onerror = () => failed(new Error("a chart's script could not be loaded: " + script.src));
      document.head.append(script);
    });
  }

  function loadVega() {
    vega ??= loadScript(vegaUrl).catch((error) => {
      vega = null; // the next figure tries again
      throw error;
    });
    return vega;
  }

  function element(name, attributes = {}, text = "") {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.textContent = text;
    return made;
  }

  // Vega measures a chart's box only when the window changes; the page's columns move later.
  let waiting = null;
  const boxes = new ResizeObserver(() => {
    waiting ??= requestAnimationFrame(() => {
      waiting = null;
      document.querySelectorAll(".sb-figure[data-live]").forEach((figure) => {
        const width = figure.querySelector(".sb-live").clientWidth;
        if (width && figure.sbView.width() !== width) figure.sbView.width(width).run();
      });
    });
  });

  async function draw(figure) {
    const holder = figure.querySelector(".sb-chart");
    const picture = holder.querySelector("img");
    const chart = figure.sbChart ?? JSON.parse(figure.querySelector(".sb-spec").textContent);
    const live = element("div", { class: "sb-live" });
    holder.append(live);
    try {
      await loadVega();
      const drawn = await window.vegaEmbed(live, { ...window.surveybookStyle, ...chart.spec }, {
        mode: "vega-lite",
        renderer: "svg",
        actions: false,
        ast: true, // no eval, so that a strict content security policy can stand
        tooltip: false, // what a mark tells is in a card
      });
      figure.sbView = drawn.view;
    } catch (error) {
      live.remove(); // the picture stays
      throw error;
    }
    // vega-embed names the chart after itself; a screen reader needs what is seen.
    live.setAttribute("role", "img");
    live.setAttribute("aria-label", picture.alt);
    live.removeAttribute("aria-roledescription");
    picture.hidden = true;
    figure.sbChart = chart;
    figure.dataset.live = "";
    showReplicate(figure);
    addWalk(figure, holder, live, chart.marks);
    addFullScreen(figure);
    boxes.observe(live);
  }

  // The marks of a chart: each tells what it says in a card, by pointer, tap and arrow keys.

  const card = element("div", { class: "sb-about sb-mark-card", popover: "auto", id: "sb-mark-card", tabindex: "-1" });
  card.append(element("dl"));
  document.body.append(card);

  const zonesOf = (live) => [...live.querySelectorAll('[class*="zone"] > path')];

  const asSentence = (text) => (/[.?!…]$/.test(text) ? text : `${text}.`);
  const saidBy = (mark) => mark.map(([name, text]) => asSentence(`${name}: ${text}`)).join(" ");

  function addWalk(figure, holder, live, marks) {
    const walk = element("div", {
      class: "sb-walk",
      role: "listbox",
      tabindex: "0",
      "aria-label": `Walk through the chart by arrow keys: ${figure.querySelector(".sb-title").textContent}`,
    });
    // What an option says is its label, so that neither a copy nor the browser's search finds unseen words.
    const options = marks.map((mark, number) =>
      element("div", { role: "option", id: `${figure.id}-mark-${number + 1}`, "aria-label": saidBy(mark) }));
    walk.append(...options);
    const frame = element("div", { class: "sb-frame", hidden: "" });
    holder.append(walk, frame);
    let at = 0;
    let shown = null;

    function choose(number) {
      options[at].setAttribute("aria-selected", "false");
      at = number;
      options[at].setAttribute("aria-selected", "true");
      walk.setAttribute("aria-activedescendant", options[at].id);
    }
    choose(0);

    const hide = () => {
      frame.hidden = true;
      shown = null;
      cards.close(card);
    };
    const leave = () => cards.later(250, hide);

    function show(number) {
      const zone = zonesOf(live)[number];
      if (!zone) return;
      const box = zone.getBoundingClientRect();
      const around = holder.getBoundingClientRect();
      choose(number);
      shown = number;
      card.firstChild.replaceChildren(
        ...marks[number].flatMap(([name, text]) => [element("dt", {}, name), element("dd", {}, text)]),
      );
      Object.assign(frame.style, {
        left: `${box.left - around.left - holder.clientLeft}px`,
        top: `${box.top - around.top - holder.clientTop}px`,
        width: `${box.width}px`,
        height: `${box.height}px`,
      });
      frame.hidden = false;
      card.onpointerleave = leave;
      card.onpointerenter = cards.stay;
      // A second mark's card opens where the first one closes, without a word from it.
      card.ontoggle = (event) => event.newState === "closed" && shown === number && hide();
      (document.fullscreenElement ?? document.body).append(card);
      cards.open(card, box, around);
    }

    const steps = {
      ArrowDown: () => at + 1, ArrowRight: () => at + 1, ArrowUp: () => at - 1, ArrowLeft: () => at - 1,
      Home: () => 0, End: () => marks.length - 1, PageDown: () => at + 5, PageUp: () => at - 5,
    };
    walk.addEventListener("keydown", (event) => {
      if (event.key === "Escape") hide();
      if (!(event.key in steps) || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      show(Math.max(0, Math.min(marks.length - 1, steps[event.key]())));
    });
    walk.addEventListener("focus", () => walk.matches(":focus-visible") && show(at));
    walk.addEventListener("blur", hide);

    const numberAt = (event) => zonesOf(live).indexOf(event.target.closest?.("path"));
    live.addEventListener("pointermove", (event) => {
      const number = numberAt(event);
      if (number >= 0 && number !== shown) cards.later(30, () => show(number));
    });
    live.addEventListener("pointerleave", leave);
    live.addEventListener("click", (event) => {
      const number = numberAt(event);
      if (number < 0) return;
      event.stopPropagation();
      show(number);
    });
  }

  function addFullScreen(figure) {
    if (!document.fullscreenEnabled || figure.querySelector(".sb-full")) return;
    const button = element("button", { type: "button", class: "sb-full" }, "Full screen");
    const leaving = () => document.fullscreenElement === figure;
    button.addEventListener("click", () => (leaving() ? document.exitFullscreen() : figure.requestFullscreen()));
    figure.addEventListener("fullscreenchange", () => {
      button.textContent = leaving() ? "Leave full screen" : "Full screen";
    });
    figure.append(button);
  }

  // Figures of what only real answers could tell: loaded when opened, and drawn again on request.

  const told = (share) => (share === null ? "nobody to ask" : `${share} percent (made up)`);

  function showReplicate(figure) {
    if (figure.sbReplicate === undefined) return;
    figure.sbView.signal("replicate", figure.sbReplicate).run();
    const rows = Object.values(figure.sbChart.spec.datasets).flat().filter((row) => row.lines);
    const shares = rows
      .filter((row) => row.draws)
      .map((row) => `${row.lines.join(" ")}: ${told(row.draws[figure.sbReplicate])}`);
    figure.querySelector(".sb-drawn").textContent =
      `${figure.sbDraws[figure.sbReplicate]} The hollow circles are made up too: ${shares.join("; ")}.`;
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
    } catch {
      delete details.dataset.opened; // opening it once more tries again
      figure.querySelectorAll(".sb-again, .sb-drawn, .sb-failed").forEach((old) => old.remove());
      const text = "The live chart could not be loaded; the picture stays. Close and open again to retry.";
      figure.querySelector(".sb-chart").after(element("p", { class: "sb-failed", role: "status" }, text));
    }
  }

  async function showOpen(details, figure) {
    const name = details.dataset.figure;
    if (!window.surveybookOpen?.[name]) await loadScript(details.dataset.script);
    const { draws, ...chart } = window.surveybookOpen[name];
    figure.sbChart = chart;
    if (draws.length < 2) {
      await draw(figure);
      return;
    }
    const drawn = element("p", { class: "sb-drawn", role: "status" });
    // No replicate is the first among them, so a reader begins with any.
    Object.assign(figure, { sbDraws: draws, sbReplicate: Math.floor(Math.random() * draws.length) });
    figure.querySelector(".sb-keys, .sb-chart:not(:has(~ .sb-keys))").after(drawn);
    await draw(figure);
    const button = element("button", { type: "button", class: "sb-again" }, "Draw again");
    button.addEventListener("click", () => drawAgain(figure));
    drawn.before(button); // not before there is a chart to draw in
  }

  const folded = [...document.querySelectorAll(".sb-open")];
  folded.forEach((details) => {
    details.addEventListener("toggle", () => details.open && openFigure(details));
    if (details.open) openFigure(details);
  });

  // Breakdowns of one chart: one of them is shown, and the address keeps which.

  const views = [...document.querySelectorAll("[data-of]")]; // folded figures, or figures of real answers
  const siblings = (view) => views.filter((other) => other.dataset.of === view.dataset.of);

  function choose(name) {
    for (const view of views) {
      const group = siblings(view);
      const wanted = group.find((one) => one.dataset.view === name) ?? group.find((one) => !one.hidden);
      const open = group.some((one) => one.open);
      for (const one of group) {
        one.hidden = one !== wanted;
        one.querySelector("select").value = one.dataset.view;
        if (one.matches("details")) one.open = open && one === wanted;
      }
    }
  }

  function addSelector(view) {
    const label = element("label", { class: "sb-views" }, "Broken down by ");
    const select = element("select");
    for (const one of siblings(view)) select.append(element("option", { value: one.dataset.view }, one.dataset.label));
    select.addEventListener("change", () => {
      const address = new URL(location.href);
      const chosen = siblings(view).find((one) => one.dataset.view === select.value);
      address.searchParams.set("by", select.value);
      address.hash = `figure-${chosen.dataset.figure ?? chosen.id.slice("figure-".length)}`;
      history.replaceState(null, "", address);
      choose(select.value);
      chosen.querySelector("select").focus();
    });
    label.append(select);
    view.querySelector("summary, figcaption").after(label);
  }

  views.forEach(addSelector);
  // At first the first of each group is shown.
  views.forEach((view) => {
    view.hidden = siblings(view)[0] !== view;
  });

  // An address may name a breakdown, or a figure that is folded or not the chosen one.
  function follow() {
    choose(new URLSearchParams(location.search).get("by"));
    const name = location.hash.slice(1); // names of figures need no decoding
    const figure = name && document.getElementById(name);
    const view = figure && figure.closest("[data-of]");
    if (view) choose(view.dataset.view);
    const details = figure && figure.closest(".sb-open");
    if (details) details.open = true;
    if (view || details) figure.scrollIntoView();
  }

  follow();
  addEventListener("hashchange", follow);

  // On paper nothing opens by a click.
  addEventListener("beforeprint", () => {
    for (const how of document.querySelectorAll(".sb-how:not([open])")) {
      how.dataset.paper = "";
      how.open = true;
    }
  });
  addEventListener("afterprint", () => {
    for (const how of document.querySelectorAll(".sb-how[data-paper]")) {
      how.open = false;
      delete how.dataset.paper;
    }
  });

  const watcher = new IntersectionObserver(
    (entries) => {
      for (const entry of entries.filter((seen) => seen.isIntersecting)) {
        watcher.unobserve(entry.target);
        draw(entry.target).catch((error) => console.info(`${error.message}; the picture stays`));
      }
    },
    { rootMargin: "300px" },
  );

  // A figure of page elements has no chart to draw.
  document.querySelectorAll(".sb-chart").forEach((chart) => {
    if (!chart.closest(".sb-open")) watcher.observe(chart.closest(".sb-figure"));
  });
})();
