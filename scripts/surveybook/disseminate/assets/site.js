// The colour scheme, before the page is painted, and keys for the contents on a phone.
// Without this script the page follows the system's scheme, and the contents open and close by themselves.
(() => {
  "use strict";
  const MODE = "mode"; // what the choice is kept under: auto, light or dark
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");

  function kept() {
    try {
      return localStorage.getItem(MODE);
    } catch {
      return null; // a browser may keep nothing
    }
  }

  function show(mode) {
    root.dataset.mode = ["light", "dark"].includes(mode) ? mode : "auto";
    root.dataset.theme = root.dataset.mode === "auto" ? (dark.matches ? "dark" : "light") : mode;
  }

  function choose(mode) {
    show(mode);
    try {
      localStorage.setItem(MODE, mode);
    } catch {
      // the choice holds for this page
    }
  }

  function prepare() {
    const scheme = document.querySelector(".sb-scheme");
    scheme.value = root.dataset.mode;
    scheme.addEventListener("change", () => choose(scheme.value));
    addEventListener("storage", () => {
      show(kept());
      scheme.value = root.dataset.mode;
    });
    document.querySelectorAll(".sb-fold").forEach((fold) => {
      const contents = fold.nextElementSibling;
      const close = () => (fold.open = false);
      for (const part of [fold, contents]) {
        part.addEventListener("keydown", (event) => {
          if (event.key !== "Escape" || !fold.open) return;
          close();
          fold.querySelector("summary").focus();
        });
      }
      contents.addEventListener("click", (event) => event.target.closest("a") && close());
    });
  }

  show(kept());
  dark.addEventListener("change", () => show(root.dataset.mode));
  document.addEventListener("DOMContentLoaded", prepare);
})();
