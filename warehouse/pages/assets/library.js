/* Huiting 回听: a library's filters, search and order; the page of favourites. */
"use strict";

(() => {
  const FIELDS = ["text", "cause", "phrase", "team", "line", "tier", "from", "to", "least", "most", "sort"];
  const MORE = ["tier", "from", "to", "least", "most"];

  /** What a label is filtered by: its key, or the text of one that nobody named. */
  const idOf = (said) => (typeof said === "string" ? said : said[1].text);

  const byNight = (a, b) => (a.night < b.night ? 1 : a.night > b.night ? -1 : 0);
  const scored = (entry, missing) => entry.score ?? missing;
  const ORDERS = new Map([
    ["", (a, b) => byNight(a, b) || a.rank - b.rank],
    ["oldest", (a, b) => byNight(b, a) || a.rank - b.rank],
    ["best", (a, b) => a.rank - b.rank || byNight(a, b)],
    ["score_low", (a, b) => scored(a, 101) - scored(b, 101) || byNight(a, b)],
    ["score_high", (a, b) => scored(b, -1) - scored(a, -1) || byNight(a, b)],
  ]);

  /** Everything of a card that the search field finds, in both languages' words for labels. */
  function haystack(entry) {
    const language = Huiting.language;
    const names = [];
    for (Huiting.language of ["zh", "en"]) {
      names.push(...[entry.headline, ...(entry.causes || [])].map(Huiting.text));
    }
    Huiting.language = language;
    return [entry.quote, entry.reason, entry.team, entry.agent, ...(entry.phrases || []), ...names]
      .filter(Boolean).join("\n").toLowerCase();
  }

  function setUp(form, list) {
    const cards = Huiting["shelf_" + list.dataset.list].map((entry, index) => ({ ...entry, index }));
    const grid = Huiting.grid(list);
    const count = document.querySelector("[data-count]");
    const empty = document.querySelector("[data-empty]");
    const value = (name) => form.elements[name].value.trim();
    let texts = null;

    /** The words of the calls are read when somebody first searches. */
    async function readTexts() {
      if (texts) return;
      texts = cards.map(haystack);
      try {
        await Huiting.load(list.dataset.texts);
        const words = Huiting["texts_" + list.dataset.list];
        texts = texts.map((text, index) => text + "\n" + words[index].toLowerCase());
        apply();
      } catch {
        /* The search goes on with what the cards show. */
      }
    }

    function matches() {
      const wanted = value("text").toLowerCase().split(/\s+/).filter(Boolean);
      const [cause, phrase, team, line, tier, from, to] = FIELDS.slice(1, 8).map(value);
      const [least, most] = [value("least"), value("most")];
      const isStarred = form.elements.starred.checked;
      return (entry) =>
        (!cause || (entry.causes || []).some((each) => idOf(each) === cause)) &&
        (!phrase || (entry.phrases || []).includes(phrase)) &&
        (!team || entry.team === team) &&
        (!line || (entry.line && idOf(entry.line) === line)) &&
        (!tier || entry.tier === tier) &&
        (!from || entry.day >= from) &&
        (!to || entry.day <= to) &&
        (!least || scored(entry, -1) >= Number(least)) &&
        (!most || scored(entry, 101) <= Number(most)) &&
        (!isStarred || Huiting.isFavourite(entry.link)) &&
        wanted.every((word) => texts[entry.index].includes(word));
    }

    function apply() {
      if (value("text")) readTexts();
      const found = cards.filter(matches()).sort(ORDERS.get(value("sort")) || ORDERS.get(""));
      grid.show(found);
      Huiting.say(count, ["library.count", { count: found.length }]);
      Huiting.say(empty, cards.length ? "library.nothing" : "library.no_cases");
      empty.hidden = found.length > 0;
      remember(found);
    }

    /** Keep the filter in the address, so that back finds the same list; and the list, for previous and next. */
    function remember(found) {
      const state = new URLSearchParams();
      for (const name of FIELDS) if (value(name)) state.set(name, value(name));
      if (form.elements.starred.checked) state.set("starred", "1");
      const isFiltered = state.size > 0;
      history.replaceState(null, "", isFiltered ? "#" + state : location.pathname);
      try {
        sessionStorage.setItem(
          "huiting.list",
          isFiltered ? JSON.stringify({ hash: "#" + state, links: found.map((entry) => entry.link) }) : "",
        );
      } catch {
        /* Then previous and next follow the whole library. */
      }
    }

    function fillChoices() {
      const choices = (name, pairs) => {
        const seen = new Map(pairs.filter(([id]) => id));
        const select = form.elements[name];
        for (const [id, said] of [...seen].sort(([a], [b]) => (a < b ? -1 : 1))) {
          const option = document.createElement("option");
          option.value = id;
          select.append(Huiting.say(option, said));
        }
        select.closest("label").hidden = seen.size === 0;
      };
      const literal = (text) => [text, ["literal", { text: text || "" }]];
      choices("cause", cards.flatMap((e) => (e.causes || []).map((said) => [idOf(said), said])));
      choices("phrase", cards.flatMap((e) => (e.phrases || []).map(literal)));
      choices("team", cards.map((e) => literal(e.team)));
      choices("line", cards.filter((e) => e.line).map((e) => [idOf(e.line), e.line]));
      choices("tier", cards.map((e) => [e.tier, e.tierName]));
    }

    fillChoices();
    const state = new URLSearchParams(location.hash.slice(1));
    for (const name of FIELDS) if (state.has(name)) form.elements[name].value = state.get(name);
    form.elements.starred.checked = state.has("starred");
    form.querySelector("[data-more]").open = MORE.some((name) => state.has(name));
    let timer = 0;
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(apply, 60);
    });
    form.addEventListener("reset", () => setTimeout(apply));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.elements.text.addEventListener("focus", readTexts, { once: true });
    document.addEventListener("huiting:favourites", () => form.elements.starred.checked && apply());
    form.hidden = false;
    apply();
  }

  /** The page of favourites reads only the libraries that hold one. */
  async function showFavourites(grid) {
    const files = new Map(
      [...grid.querySelectorAll("[data-shelf-file]")].map((each) => [each.dataset.shelfOf, each.dataset.shelfFile]),
    );
    const count = document.querySelector("[data-count]");
    const empty = document.querySelector("[data-empty]");
    const wanted = () => [...new Set(Huiting.favourites().map(([, shelf]) => shelf))].filter((id) => files.has(id));
    await Promise.all(wanted().map((id) => Huiting.load(files.get(id))));
    const cards = new Map(
      wanted().flatMap((id) => Huiting["shelf_" + id]).map((entry) => [entry.link, entry]),
    );
    const view = Huiting.grid(grid);

    function draw() {
      const marked = Huiting.favourites().map(([link]) => link);
      const found = marked.filter((link) => cards.has(link)).map((link) => cards.get(link)).reverse();
      view.show(found);
      count.hidden = found.length === marked.length;
      Huiting.say(count, ["favourite.gone", { count: marked.length - found.length }]);
      empty.hidden = found.length > 0;
    }
    document.addEventListener("huiting:favourites", draw);
    draw();
  }

  const [form, list] = ["[data-filters]", "[data-list]"].map((each) => document.querySelector(each));
  if (form && list) setUp(form, list);
  const favourites = document.querySelector("[data-favourites]");
  if (favourites) showFavourites(favourites);
})();
