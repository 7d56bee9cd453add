// Cards: what stands behind a number, a term or a mark of a chart. One opens by hovering, by a tap or
// by Enter; the pointer can go to it, and Escape or a click elsewhere closes it. Without this script a
// number is a link to its claim, and a term a link to the glossary.
(() => {
  "use strict";
  const GAP = 6; // pixels between a card and what it is about
  const OPEN_AFTER = 120; // milliseconds, so that a pointer on its way opens nothing
  const CLOSE_AFTER = 250; // time to go from the number to its card
  let timer = null;

  const later = (wait, act) => {
    clearTimeout(timer);
    timer = setTimeout(act, wait);
  };

  // Below what it is about, or above where there is more room; never beside the window. Where there is
  // room beside what is `around`, it stands there, and so on no other mark.
  function place(card, box, around) {
    const width = document.documentElement.clientWidth;
    const height = document.documentElement.clientHeight;
    const size = card.getBoundingClientRect();
    const below = box.bottom + GAP + size.height <= height || box.top < height - box.bottom;
    const beside = around && around.right + size.width + 2 * GAP <= width;
    const left = beside ? around.right + GAP : Math.max(GAP, Math.min(box.left, width - size.width - GAP));
    const lowest = Math.max(GAP, height - size.height - GAP);
    const top = beside ? Math.min(Math.max(GAP, box.top), lowest)
      : below ? box.bottom + GAP : Math.max(GAP, box.top - GAP - size.height);
    card.style.left = `${left + scrollX}px`;
    card.style.top = `${top + scrollY}px`;
  }

  function open(card, box, around) {
    clearTimeout(timer);
    if (!card.matches(":popover-open")) card.showPopover();
    place(card, box, around);
  }

  function close(card) {
    clearTimeout(timer);
    if (card.matches(":popover-open")) card.hidePopover();
  }

  // A link may break over two lines: the card stands by the one that the pointer is on.
  function boxOf(link, event) {
    const boxes = [...link.getClientRects()];
    const near = boxes.find((box) => event?.clientY >= box.top && event?.clientY <= box.bottom);
    return near ?? boxes[0];
  }

  function prepare(link) {
    const card = document.getElementById(link.dataset.card);
    let kept = false; // opened on purpose, and so not closed by a pointer that leaves
    link.setAttribute("role", "button");
    link.setAttribute("aria-haspopup", "dialog");
    link.setAttribute("aria-expanded", "false");
    const leave = () => kept || later(CLOSE_AFTER, () => close(card));
    link.addEventListener("pointerenter", (event) => {
      if (event.pointerType === "mouse") later(OPEN_AFTER, () => open(card, boxOf(link, event)));
    });
    link.addEventListener("pointerleave", leave);
    card.addEventListener("pointerenter", () => clearTimeout(timer));
    card.addEventListener("pointerleave", leave);
    const choose = (event) => {
      event.preventDefault();
      kept = true;
      open(card, boxOf(link, event.detail ? event : null));
      card.focus({ preventScroll: true });
    };
    link.addEventListener("click", (event) => {
      if (!event.ctrlKey && !event.metaKey && !event.shiftKey) choose(event);
    });
    link.addEventListener("keydown", (event) => {
      if (event.key === " ") choose(event);
    });
    card.addEventListener("toggle", (event) => {
      // Several numbers may share a card: it speaks of the one that opened it.
      if (event.newState === "open") return;
      kept = false;
      link.setAttribute("aria-expanded", "false");
    });
    card.addEventListener("beforetoggle", (event) => {
      if (event.newState === "open") link.setAttribute("aria-expanded", String(link.matches(":hover, :focus")));
    });
  }

  if ("popover" in HTMLElement.prototype) {
    document.querySelectorAll("a[data-card]").forEach(prepare);
  }
  window.surveybookCards = { open, close, later };
})();
