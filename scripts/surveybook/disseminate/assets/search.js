// Shows what holds all words that are searched for: pages, sections, figures, questions, claims, terms.
// Reads Sphinx's index, whose script calls Search.setIndex; stemmer and stop words are Sphinx's too.
// All text from the index is shown as text, never as markup.
var Search = (() => {
  "use strict";
  const LETTERS = { ø: "o", æ: "ae", œ: "oe", ß: "ss", đ: "d", ð: "d", þ: "th", ł: "l" };
  // How much a hit weighs: in a page's title, in that of something on a page, in a page's words.
  const PAGE = 40, PLACE = 30, WORDS = 10, ALIKE = 5;

  // "Støtte" and "stotte" are one word.
  const fold = (text) =>
    text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replace(/[øæœßđðþł]/g, (letter) => LETTERS[letter]);
  const wordsOf = (text) => text.match(/[\p{L}\p{N}\p{M}_]+/gu) ?? [];
  // Sphinx writes titles of pages and names of objects as HTML; nothing runs in a document made so.
  const plain = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent;

  function entriesOf(index) {
    const titles = index.titles.map(plain);
    const entries = titles.map((title, page) => ({ title, page, anchor: "", kind: "", weight: PAGE }));
    for (const [title, places] of Object.entries(index.alltitles)) {
      for (const [page, anchor] of places) {
        if (anchor) entries.push({ title, page, anchor, kind: `section of ${titles[page]}`, weight: PLACE });
      }
    }
    for (const [prefix, objects] of Object.entries(index.objects)) {
      for (const [page, type, , short, name] of objects) {
        const [, typeName, said] = index.objnames[type];
        const full = prefix ? `${prefix}.${name}` : name;
        const anchor = plain(short === "" ? full : short === "-" ? `${typeName}-${full}` : short);
        entries.push({ title: plain(full), page, anchor, kind: `${said} in ${titles[page]}`, weight: PLACE });
      }
    }
    return entries.map((entry) => ({ ...entry, words: wordsOf(fold(entry.title)) }));
  }

  // How well one word stands for another: whole, as its beginning, as a part of a long one; 0 for not at all.
  function alike(word, sought) {
    if (word === sought) return 3;
    if (word.startsWith(sought)) return 2;
    return sought.length > 3 && word.includes(sought) ? 1 : 0;
  }

  function pagesWith(index, stem) {
    const pages = new Map();
    for (const terms of [index.terms, index.titleterms]) {
      for (const [term, found] of Object.entries(terms)) {
        const score = alike(fold(term), stem);
        if (!score) continue;
        for (const page of [found].flat()) pages.set(page, Math.max(score, pages.get(page) ?? 0));
      }
    }
    return pages;
  }

  function find(index, query) {
    const all = wordsOf(query);
    const telling = all.filter((word) => !stopwords.includes(word.toLowerCase()));
    const sought = (telling.length ? telling : all).map((word) => fold(word));
    if (!sought.length) return [];
    const entries = entriesOf(index);
    const hits = entries.flatMap((entry) => {
      const scores = sought.map((word) => Math.max(0, ...entry.words.map((own) => alike(own, word))));
      if (scores.includes(0)) return [];
      const whole = sought.length / Math.max(entry.words.length, 1);
      return [{ ...entry, score: entry.weight + Math.min(...scores) + ALIKE * Math.min(whole, 1) }];
    });
    const stemmer = new Stemmer();
    const stems = (telling.length ? telling : all).map((word) => fold(stemmer.stemWord(word.toLowerCase())));
    const [first, ...others] = stems.map((stem) => pagesWith(index, stem));
    for (const [page, score] of first) {
      const scores = [score, ...others.map((pages) => pages.get(page) ?? 0)];
      const told = hits.some((hit) => hit.page === page && hit.anchor === "");
      if (!told && !scores.includes(0)) hits.push({ ...entries[page], score: WORDS + Math.min(...scores) });
    }
    return hits.sort((a, b) => b.score - a.score || a.title.localeCompare(b.title));
  }

  function addressOf(index, { page, anchor }) {
    const address = `${document.documentElement.dataset.content_root}${encodeURI(index.docnames[page])}.html`;
    return anchor ? `${address}#${encodeURIComponent(anchor)}` : address;
  }

  function setIndex(index) {
    const query = new URLSearchParams(location.search).get("q")?.trim() ?? "";
    const status = document.getElementById("search-status");
    const list = document.getElementById("search-results");
    list.replaceChildren();
    document.getElementById("search-words").value = query;
    if (!query) {
      status.textContent = "Write a word or more in the search box above.";
      return;
    }
    const hits = find(index, query);
    const count = { 0: "Nothing was found", 1: "One place was found" }[hits.length] ?? `${hits.length} places were found`;
    status.textContent = `${count} for “${query}”.`;
    for (const hit of hits) {
      const line = document.createElement("li");
      const link = line.appendChild(document.createElement("a"));
      link.href = addressOf(index, hit);
      link.textContent = hit.title;
      if (hit.kind) {
        const kind = line.appendChild(document.createElement("span"));
        kind.textContent = hit.kind;
      }
      list.append(line);
    }
  }

  return { setIndex };
})();
