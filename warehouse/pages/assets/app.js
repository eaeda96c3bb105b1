/* Huiting 回听: filters and players. Plain script, no dependency; every page works read-only without it.
 * Nothing from the data becomes markup here: text is read from the page and only shown, hidden or marked. */
"use strict";

/** Filter the cards of a library by text, cause, team, line of business and night. */
function setUpFilters(form) {
  const cards = [...document.querySelectorAll("[data-card]")].map((element) => ({
    element,
    text: element.textContent.toLowerCase(),
  }));
  const shown = document.querySelector("[data-shown]");
  const empty = document.querySelector("[data-empty]");
  const fields = ["cause", "team", "line", "night"];

  function apply() {
    const words = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const card of cards) {
      const isShown =
        words.every((word) => card.text.includes(word)) &&
        fields.every((name) => {
          const wanted = form.elements[name].value;
          return !wanted || (card.element.dataset[name] || "").split("\n").includes(wanted);
        });
      card.element.hidden = !isShown;
      count += isShown ? 1 : 0;
    }
    shown.textContent = String(count);
    empty.hidden = count > 0;
    remember();
  }

  /** Keep the filter in the address, so that back from a case finds the same list. */
  function remember() {
    const state = new URLSearchParams();
    for (const name of ["text", ...fields]) {
      if (form.elements[name].value) state.set(name, form.elements[name].value);
    }
    history.replaceState(null, "", state.size ? "#" + state : location.pathname);
  }

  const state = new URLSearchParams(location.hash.slice(1));
  for (const [name, value] of state) if (form.elements[name]) form.elements[name].value = value;
  form.addEventListener("input", apply);
  form.addEventListener("reset", () => setTimeout(apply));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  apply();
}

const clock = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds));
  return Math.floor(whole / 60) + ":" + String(whole % 60).padStart(2, "0");
};

/** One panel = one recording: audio, lane, words. Returns what the keyboard and its neighbour need. */
function setUpPanel(panel) {
  const audio = panel.querySelector("audio");
  if (!audio) return null;
  const find = (selector) => panel.querySelector(selector);
  const [go, range, headLine, now, speed] = ["[data-go]", "[data-range]", "[data-head]", "[data-now]", "[data-speed]"].map(find);
  const words = [...panel.querySelectorAll(".w[data-s]")].map((element) => ({
    element,
    turn: element.closest(".turn"),
    start: Number(element.dataset.s),
    end: Number(element.dataset.e),
  }));
  const total = () => (Number.isFinite(audio.duration) ? audio.duration : Number(range.max));
  let lit = new Set();
  let speaking = new Set();

  function show() {
    const time = audio.currentTime;
    const spoken = words.filter((word) => time >= word.start && time < word.end);
    lit = swap(lit, new Set(spoken.map((word) => word.element)), "now");
    const turns = new Set(spoken.map((word) => word.turn));
    if (turns.size) {
      const [first] = [...turns].filter((turn) => !speaking.has(turn));
      speaking = swap(speaking, turns, "speaking");
      if (first && !audio.paused) first.scrollIntoView({ block: "nearest", behavior: "smooth" });
    }
    range.value = String(time);
    range.setAttribute("aria-valuetext", clock(time) + " / " + clock(total()));
    headLine.style.left = (100 * time) / Math.max(total(), 0.01) + "%";
    now.textContent = clock(time);
  }

  function swap(before, after, name) {
    for (const element of before) if (!after.has(element)) element.classList.remove(name);
    for (const element of after) element.classList.add(name);
    return after;
  }

  function frame() {
    show();
    if (!audio.paused) requestAnimationFrame(frame);
  }

  const seek = (seconds) => {
    audio.currentTime = Math.min(Math.max(0, seconds), total());
    show();
  };
  const toggle = () => (audio.paused ? audio.play() : audio.pause());

  go.addEventListener("click", toggle);
  range.addEventListener("input", () => seek(Number(range.value)));
  speed.addEventListener("change", () => (audio.playbackRate = Number(speed.value)));
  for (const button of panel.querySelectorAll("[data-skip]")) {
    button.addEventListener("click", () => seek(audio.currentTime + Number(button.dataset.skip)));
  }
  panel.addEventListener("click", (event) => {
    const word = event.target.closest(".w[data-s], .seek[data-s]");
    if (!word || String(getSelection())) return;
    seek(Number(word.dataset.s));
    audio.play();
  });
  audio.addEventListener("loadedmetadata", () => {
    range.max = String(total());
    show();
  });
  audio.addEventListener("play", () => {
    for (const other of document.querySelectorAll("audio")) if (other !== audio) other.pause();
    go.setAttribute("aria-pressed", "true");
    requestAnimationFrame(frame);
  });
  for (const name of ["pause", "ended"]) {
    audio.addEventListener(name, () => {
      go.setAttribute("aria-pressed", "false");
      show();
    });
  }
  audio.addEventListener("seeked", show);
  audio.addEventListener("error", () => (find("[data-trouble]").hidden = false), true);
  audio.removeAttribute("controls");
  find("[data-deck]").hidden = false;
  return { panel, audio, seek, toggle, speed };
}

/** Space plays, arrows move, + and - change the speed of the panel last used. */
function setUpKeyboard(players) {
  let current = players[0];
  for (const player of players) {
    player.audio.addEventListener("play", () => (current = player));
    player.panel.addEventListener("focusin", () => (current = player));
  }
  const step = (by) => {
    const index = Math.min(Math.max(0, current.speed.selectedIndex + by), current.speed.options.length - 1);
    current.speed.selectedIndex = index;
    current.speed.dispatchEvent(new Event("change"));
  };
  const keys = {
    " ": () => current.toggle(),
    ArrowLeft: () => current.seek(current.audio.currentTime - 3),
    ArrowRight: () => current.seek(current.audio.currentTime + 3),
    "+": () => step(1),
    "=": () => step(1),
    "-": () => step(-1),
  };
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input:not([data-range]), select, textarea, a");
    const isButton = event.key === " " && event.target.closest("button");
    if (isTyping || isButton || event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
}

/** Play the two sides of a comparison one after the other, the bad one first. */
function setUpTurns(button, players) {
  const order = [...players].sort((a, b) => (a.panel.dataset.side < b.panel.dataset.side ? -1 : 1));
  if (order.length < 2) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    order[0].audio.addEventListener("ended", () => (order[1].seek(0), order[1].audio.play()), { once: true });
    order[0].seek(0);
    order[0].audio.play();
  });
}

const filters = document.querySelector("[data-filters]");
if (filters) setUpFilters(filters);
const players = [...document.querySelectorAll("[data-panel]")].map(setUpPanel).filter(Boolean);
if (players.length) setUpKeyboard(players);
const inTurn = document.querySelector("[data-in-turn]");
if (inTurn) setUpTurns(inTurn, players);
