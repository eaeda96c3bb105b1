/* Huiting 回听: a card from data, made by filling a copy of the page's own empty card; and a grid of them that
 * holds only what is near the screen, so that thousands scroll like twenty. */
"use strict";

(() => {
  const form = document.querySelector("[data-card-form]");
  const root = document.body.dataset.root;

  function add(parent, said, className) {
    const element = document.createElement("span");
    if (className) element.className = className;
    parent.append(Huiting.say(element, said));
  }

  const plain = (text) => ["literal", { text }];

  function setText(element, text) {
    element.textContent = text;
    element.hidden = !text;
  }

  /** Return an element for one entry of a library's data. */
  Huiting.card = (entry) => {
    const card = form.content.firstElementChild.cloneNode(true);
    const part = (name) => card.querySelector(`[data-f="${name}"]`);
    card.classList.add("edge", entry.library);
    if (part("library")) Huiting.say(part("library"), "library/" + entry.library);
    const link = part("headline");
    link.href = `${root}${entry.link}.html`;
    Huiting.say(link, entry.headline);
    setText(part("quote"), entry.quote ? `“${entry.quote}”` : "");
    setText(part("reason"), entry.reason || "");
    for (const cause of (entry.causes || []).slice(0, 2)) add(part("chips"), cause, "chip cause");
    if (entry.phrases) add(part("chips"), "card.forbidden", "chip taboo");
    if (entry.tier === "formal") add(part("chips"), entry.tierName, "chip escalation");
    add(part("where"), ["day", { day: { day: entry.day } }]);
    if (entry.line) add(part("where"), entry.line);
    for (const text of [entry.team, entry.agent]) if (text) add(part("where"), plain(text));
    if (entry.score !== undefined) add(part("where"), ["card.score", { score: entry.score }]);
    if (entry.sound) setText(part("length"), entry.length);
    const star = card.querySelector("[data-star]");
    [star.dataset.star, star.dataset.shelf] = [entry.link, entry.library];
    Huiting.showStars(card);
    return card;
  };

  /** Show `entries` in `grid`: all rows have one height, rows far from the screen are not there. */
  Huiting.grid = (grid) => {
    const SPARE_ROWS = 1;
    const pane = document.createElement("div");
    pane.className = "pane";
    grid.replaceChildren(pane);
    grid.classList.add("virtual");
    let entries = [];
    let shown = new Map();

    function measure() {
      const style = getComputedStyle(pane);
      const columns = style.gridTemplateColumns.split(" ").length;
      return { columns, height: parseFloat(style.gridAutoRows) + parseFloat(style.rowGap) };
    }

    function draw() {
      const { columns, height } = measure();
      const rows = Math.ceil(entries.length / columns);
      const top = -grid.getBoundingClientRect().top;
      const first = Math.max(0, Math.min(rows, Math.floor(top / height) - SPARE_ROWS));
      const last = Math.min(rows, Math.ceil((top + innerHeight) / height) + SPARE_ROWS);
      grid.style.height = `${rows * height}px`;
      pane.style.transform = `translateY(${first * height}px)`;
      place(first * columns, Math.min(entries.length, last * columns));
    }

    /** Put the cards from `begin` to `end` into the pane, keeping those that are there already. */
    function place(begin, end) {
      const wanted = new Map();
      let before = null;
      for (let index = begin; index < end; index += 1) {
        const entry = entries[index];
        const card = shown.get(entry) || Huiting.card(entry);
        card.setAttribute("aria-setsize", String(entries.length));
        card.setAttribute("aria-posinset", String(index + 1));
        wanted.set(entry, card);
      }
      for (const [entry, card] of shown) if (!wanted.has(entry)) card.remove();
      for (const card of wanted.values()) {
        const next = before ? before.nextSibling : pane.firstChild;
        if (next !== card) pane.insertBefore(card, next);
        before = card;
      }
      shown = wanted;
    }

    let isWaiting = false;
    const drawSoon = () => {
      if (isWaiting) return;
      isWaiting = true;
      requestAnimationFrame(() => {
        isWaiting = false;
        draw();
      });
    };
    addEventListener("scroll", drawSoon, { passive: true });
    addEventListener("resize", drawSoon);
    return {
      show(list) {
        entries = list;
        pane.setAttribute("role", list.length ? "feed" : "presentation");
        draw();
      },
    };
  };
})();
