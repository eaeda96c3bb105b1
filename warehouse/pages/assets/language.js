/* Huiting 回听: the interface in Chinese or English, light or dark. What callers said stays as it was said. */
"use strict";

(() => {
  const words = new Map(Huiting.words.map(([key, zh, en]) => [key, { zh, en }]));
  const dayFormat = new Intl.DateTimeFormat("en-GB", {
    weekday: "short", day: "numeric", month: "short", timeZone: "UTC",
  });

  function dayName(iso) {
    const day = new Date(iso + "T00:00:00Z");
    if (Huiting.language === "en") return dayFormat.format(day);
    return `${day.getUTCMonth() + 1}月${day.getUTCDate()}日 周${"日一二三四五六"[day.getUTCDay()]}`;
  }

  function valueText(value) {
    if (value === null || typeof value !== "object") return String(value ?? "");
    if (value.day) return dayName(value.day);
    return value.names.map(Huiting.text).join(Huiting.language === "en" ? ", " : "、");
  }

  /** The text of something said: a key, or [key, {slot: value}]. */
  Huiting.text = (said) => {
    const [key, values] = typeof said === "string" ? [said, {}] : said;
    const pattern = (words.get(key) || { zh: key, en: key })[Huiting.language];
    return pattern.replace(/\{([a-z_]+)\}/g, (_, slot) => valueText(values[slot]));
  };

  /** Give an element a text that follows the language. */
  Huiting.say = (element, said) => {
    element.dataset.t = JSON.stringify(said);
    if (said[0] === "literal") element.lang = "zh-Hans";
    element.textContent = Huiting.text(said);
    return element;
  };

  /** Give an element attributes that follow the language: {"aria-label": said}. */
  Huiting.sayAttributes = (element, attributes) => {
    element.dataset.ta = JSON.stringify(attributes);
    for (const [name, said] of Object.entries(attributes)) element.setAttribute(name, Huiting.text(said));
  };

  Huiting.translate = (root) => {
    for (const element of root.querySelectorAll("[data-t]")) {
      element.textContent = Huiting.text(JSON.parse(element.dataset.t));
    }
    for (const element of root.querySelectorAll("[data-ta]")) {
      Huiting.sayAttributes(element, JSON.parse(element.dataset.ta));
    }
    for (const form of root.querySelectorAll("template")) Huiting.translate(form.content);
  };

  function setLanguage(language) {
    Huiting.language = language;
    Huiting.keep.write("language", language);
    document.documentElement.lang = language === "en" ? "en" : "zh-Hans";
    Huiting.translate(document);
    document.dispatchEvent(new Event("huiting:language"));
  }

  function setTheme(theme, button) {
    Huiting.theme = theme;
    Huiting.keep.write("theme", theme);
    document.documentElement.dataset.theme = theme;
    Huiting.say(button.querySelector("[data-t]"), "switch.theme_" + theme);
  }

  const [language, theme] = ["[data-language]", "[data-theme-switch]"].map((each) => document.querySelector(each));
  language.addEventListener("click", () => setLanguage(Huiting.language === "en" ? "zh" : "en"));
  const themes = ["auto", "light", "dark"];
  theme.addEventListener("click", () => setTheme(themes[(themes.indexOf(Huiting.theme) + 1) % 3], theme));
  theme.querySelector("[data-t]").dataset.t = JSON.stringify("switch.theme_" + Huiting.theme);
  document.querySelector("[data-switches]").hidden = false;
  if (Huiting.language === "en" || Huiting.theme !== "auto") Huiting.translate(document);

  /** A script element for data that is not needed at once; resolves when it has run. */
  Huiting.load = (path) =>
    new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = document.body.dataset.root + path;
      script.addEventListener("load", resolve, { once: true });
      script.addEventListener("error", reject, { once: true });
      document.head.append(script);
    });
})();
