// Cards: what stands behind a number, a term or a mark of a chart. One opens by hovering, by a tap or
// by Enter; the pointer can go to it, and Escape or a click elsewhere closes it. Without this script a
// number is a link to its claim, and a term a link to the glossary.
(() => {
  "use strict";
  const GAP = 6; // pixels between a card and what it is about
  const OPEN_AFTER = 120; // milliseconds, so that a pointer on its way opens nothing
  const CLOSE_AFTER = 250; // time to go from the number to its card
  let opening = null;
  let closing = null;
  let current = null; // the card that is open; there is at most one

  const later = (wait, act) => {
    clearTimeout(closing);
    closing = setTimeout(act, wait);
  };

  const stay = () => clearTimeout(closing);

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
    clearTimeout(opening);
    stay();
    if (!card.matches(":popover-open")) card.showPopover();
    current = card;
    place(card, box, around);
  }

  function close(card) {
    stay();
    if (card.matches(":popover-open")) card.hidePopover();
  }

  // The pointer has left a link or a card: what it opened closes, unless it was opened on purpose.
  function leave() {
    clearTimeout(opening);
    if (current && !("kept" in current.dataset)) later(CLOSE_AFTER, () => close(current));
  }

  // A link may break over two lines: the card stands by the one that the pointer is on.
  function boxOf(link, event) {
    const boxes = [...link.getClientRects()];
    const near = boxes.find((box) => event?.clientY >= box.top && event?.clientY <= box.bottom);
    return near ?? boxes[0];
  }

  // Several numbers may share a card; it speaks of the one that opened it, and gives the focus back to it.
  function prepareCard(card) {
    card.addEventListener("pointerenter", stay);
    card.addEventListener("pointerleave", leave);
    card.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !card.contains(event.relatedTarget)) {
        close(card);
        card.sbLink.focus(); // Tab goes on from where the card was opened
      }
    });
    card.addEventListener("toggle", (event) => {
      if (event.newState === "open") return;
      delete card.dataset.kept;
      card.sbLink.setAttribute("aria-expanded", "false");
    });
  }

  function show(link, event, kept) {
    const card = document.getElementById(link.dataset.card);
    card.sbLink?.setAttribute("aria-expanded", "false");
    card.sbLink = link;
    link.setAttribute("aria-expanded", "true");
    if (kept) card.dataset.kept = "";
    open(card, boxOf(link, event));
    if (kept) card.focus({ preventScroll: true });
  }

  function prepare(link) {
    link.setAttribute("role", "button");
    link.setAttribute("aria-haspopup", "dialog");
    link.setAttribute("aria-expanded", "false");
    link.addEventListener("pointerenter", (event) => {
      if (event.pointerType !== "mouse" || (current && "kept" in current.dataset)) return;
      clearTimeout(opening);
      opening = setTimeout(() => show(link, event, false), OPEN_AFTER);
    });
    link.addEventListener("pointerleave", leave);
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      show(link, event.detail ? event : null, true);
    });
    link.addEventListener("keydown", (event) => {
      if (event.key !== " ") return;
      event.preventDefault();
      show(link, null, true);
    });
  }

  if ("popover" in HTMLElement.prototype) {
    document.querySelectorAll("a[data-card]").forEach(prepare);
    document.querySelectorAll(".sb-about-cards > .sb-about").forEach(prepareCard);
  }
  window.surveybookCards = { open, close, later, stay };
})();
