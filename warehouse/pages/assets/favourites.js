/* Huiting 回听: favourites, kept in this browser as links alone: what a case holds is read from the library. */
"use strict";

(() => {
  const known = /^(case|pair)\/[0-9a-f]{16}$/;

  function read() {
    try {
      const kept = JSON.parse(Huiting.keep.read("favourites") || "[]");
      return new Map(kept.filter((each) => Array.isArray(each) && known.test(each[0]) && typeof each[1] === "string"));
    } catch {
      return new Map();
    }
  }

  let marked = read();

  Huiting.isFavourite = (link) => marked.has(link);
  Huiting.favourites = () => [...marked];

  Huiting.toggleFavourite = (link, shelf) => {
    marked = read();
    if (!marked.delete(link)) marked.set(link, shelf);
    Huiting.keep.write("favourites", JSON.stringify([...marked]));
    Huiting.showStars(document);
    document.dispatchEvent(new Event("huiting:favourites"));
  };

  /** Show which stars are lit. */
  Huiting.showStars = (root) => {
    for (const star of root.querySelectorAll("[data-star]")) {
      const isMarked = marked.has(star.dataset.star);
      const name = isMarked ? "favourite.marked" : "favourite.mark";
      star.hidden = !star.dataset.star;
      star.setAttribute("aria-pressed", String(isMarked));
      Huiting.sayAttributes(star, { "aria-label": name, title: name });
    }
  };

  document.addEventListener("click", (event) => {
    const star = event.target.closest("[data-star]");
    if (star) Huiting.toggleFavourite(star.dataset.star, star.dataset.shelf);
  });
  window.addEventListener("storage", () => {
    marked = read();
    Huiting.showStars(document);
    document.dispatchEvent(new Event("huiting:favourites"));
  });
  Huiting.showStars(document);
})();
