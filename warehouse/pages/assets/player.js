/* Huiting 回听: sound, time axis and words of a case; two of them one after the other for a pair. */
"use strict";

(() => {
  const clock = (seconds) => {
    const whole = Math.max(0, Math.floor(seconds));
    return Math.floor(whole / 60) + ":" + String(whole % 60).padStart(2, "0");
  };

  /** Move a class from the elements that had it to those that shall have it. */
  function swap(before, after, name) {
    for (const element of before) if (!after.has(element)) element.classList.remove(name);
    for (const element of after) element.classList.add(name);
    return after;
  }

  /** Where a panel's words are: within it, or for a pair below both. */
  const spokenIn = (panel) => document.querySelector(`[data-words="${panel.dataset.side}"]`) || panel;

  /** The words in time order, and where evidence begins, in seconds. */
  function wordsOf(panel) {
    const words = [...spokenIn(panel).querySelectorAll(".w[data-s]")].map((element) => ({
      element,
      turn: element.closest(".turn"),
      start: Number(element.dataset.s),
      end: Number(element.dataset.e),
    }));
    const grave = "mark:not(.pii):not(.good):not(.sign):not(.cause)";
    const found = words.filter((word) => word.element.querySelector(grave));
    const shown = found.length ? found : words.filter((word) => word.element.querySelector("mark:not(.pii)"));
    // Neighbouring words of one piece of evidence are one place to go to.
    const places = shown.filter((word, i) => i === 0 || word.start - shown[i - 1].end > 0.3 || word.turn !== shown[i - 1].turn);
    return { words, places: places.map((word) => word.start) };
  }

  /** One panel = one recording. Returns what the keyboard and its neighbour need. */
  function setUpPanel(panel) {
    const audio = panel.querySelector("audio");
    if (!audio) return null;
    const find = (selector) => panel.querySelector(selector);
    const [go, range, headLine, now, speed] = ["go", "range", "head", "now", "speed"].map((name) => find(`[data-${name}]`));
    const { words, places } = wordsOf(panel);
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

    function frame() {
      show();
      if (!audio.paused) requestAnimationFrame(frame);
    }

    const seek = (seconds) => {
      audio.currentTime = Math.min(Math.max(0, seconds), total());
      show();
    };
    // Leaving the page or pausing at once breaks off what was asked to play: that is no error.
    const play = () => audio.play().catch(() => {});
    const toggle = () => (audio.paused ? play() : audio.pause());
    const nextMark = () => seek((places.find((start) => start > audio.currentTime + 0.35) ?? places[0] ?? 0.3) - 0.3);

    go.addEventListener("click", toggle);
    range.addEventListener("input", () => seek(Number(range.value)));
    speed.addEventListener("change", () => (audio.playbackRate = Number(speed.value)));
    for (const button of panel.querySelectorAll("[data-skip]")) {
      button.addEventListener("click", () => seek(audio.currentTime + Number(button.dataset.skip)));
    }
    find("[data-mark]").hidden = places.length === 0;
    find("[data-mark]").addEventListener("click", nextMark);
    spokenIn(panel).addEventListener("click", (event) => {
      const word = event.target.closest(".w[data-s], .seek[data-s]");
      if (!word || String(getSelection())) return;
      seek(Number(word.dataset.s));
      play();
    });
    listen(audio, go, show, frame);
    audio.addEventListener("loadedmetadata", () => {
      range.max = String(total());
      show();
    });
    audio.addEventListener("error", () => (find("[data-trouble]").hidden = false), true);
    audio.removeAttribute("controls");
    find("[data-deck]").hidden = false;
    return { panel, audio, seek, play, toggle, nextMark, speed };
  }

  function listen(audio, go, show, frame) {
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
  }

  /** Play from `start` to `end`, or to the end of the sound; resolves when it stops there, never when paused. */
  const hear = (player, [start, end]) =>
    new Promise((resolve) => {
      const { audio } = player;
      const check = () => {
        if (audio.paused && !audio.ended) return stop();
        if (!audio.ended && audio.currentTime < end) return requestAnimationFrame(check);
        audio.pause();
        stop();
        return resolve();
      };
      const stop = () => audio.removeEventListener("playing", check);
      audio.addEventListener("playing", check, { once: true });
      player.seek(start);
      player.play();
    });

  /** Play the two sides of a comparison one after the other, the bad one first: whole, or one step of them. */
  function setUpPair(inTurn, players) {
    const sides = new Map(players.map((player) => [player.panel.dataset.side, player]));
    const both = ["bad", "good"].filter((side) => sides.has(side));
    const whole = [0, Infinity];
    if (both.length === 2) {
      inTurn.hidden = false;
      inTurn.addEventListener("click", async () => {
        for (const side of both) await hear(sides.get(side), whole);
      });
    }
    for (const button of document.querySelectorAll("[data-play-step]")) {
      const spans = both.filter((side) => button.dataset[side]);
      button.hidden = spans.length === 0;
      button.addEventListener("click", async () => {
        for (const side of spans) await hear(sides.get(side), button.dataset[side].split(" ").map(Number));
      });
    }
    document.addEventListener("click", (event) => {
      const seek = event.target.closest("[data-side-seek]");
      const player = seek && sides.get(seek.dataset.sideSeek);
      if (!player) return;
      player.seek(Number(seek.dataset.s));
      player.play();
    });
    document.querySelector("[data-whole]").open = true;
  }

  Huiting.players = [...document.querySelectorAll("[data-panel]")].map(setUpPanel).filter(Boolean);
  const inTurn = document.querySelector("[data-in-turn]");
  if (inTurn) setUpPair(inTurn, Huiting.players);
})();
