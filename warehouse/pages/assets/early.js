/* Huiting 回听: what must be known before anything is drawn. Plain scripts, no dependency; every page can be
 * read without them. Nothing from the data becomes markup: texts are only ever set as text. */
"use strict";

/** What the scripts share; scripts of data add to it. */
const Huiting = {};

/** What is kept in this browser. Where the browser refuses, it lasts until the page is left. */
Huiting.keep = (() => {
  const meanwhile = new Map();
  return {
    read(name) {
      try {
        return localStorage.getItem("huiting." + name);
      } catch {
        return meanwhile.get(name) ?? null;
      }
    },
    write(name, value) {
      try {
        localStorage.setItem("huiting." + name, value);
      } catch {
        meanwhile.set(name, value);
      }
    },
  };
})();

Huiting.theme = ["light", "dark"].includes(Huiting.keep.read("theme")) ? Huiting.keep.read("theme") : "auto";
document.documentElement.dataset.theme = Huiting.theme;
Huiting.language = Huiting.keep.read("language") === "en" ? "en" : "zh";
document.documentElement.lang = Huiting.language === "en" ? "en" : "zh-Hans";
