/* Huiting 回听: shortcuts, their list, printing, previous and next case of the list one came from. */
"use strict";

(() => {
  const find = (selector) => document.querySelector(selector);
  const players = Huiting.players;
  let current = players[0];
  for (const player of players) {
    player.audio.addEventListener("play", () => (current = player));
    player.panel.addEventListener("focusin", () => (current = player));
  }

  const faster = (by) => {
    const { speed } = current;
    speed.selectedIndex = Math.min(Math.max(0, speed.selectedIndex + by), speed.options.length - 1);
    speed.dispatchEvent(new Event("change"));
  };
  const follow = (selector) => {
    const link = find(selector);
    if (link && !link.hidden) link.click();
  };
  const help = find("[data-help]");
  const sound = {
    " ": () => current.toggle(),
    ArrowLeft: () => current.seek(current.audio.currentTime - 3),
    ArrowRight: () => current.seek(current.audio.currentTime + 3),
    "+": () => faster(1),
    "=": () => faster(1),
    "-": () => faster(-1),
    0: () => current.seek(0),
    e: () => current.nextMark(),
    t: () => follow("[data-in-turn]"),
  };
  const page = {
    p: () => follow("[data-before]"),
    n: () => follow("[data-after]"),
    f: () => follow(".head [data-star]"),
    "?": () => help && help.showModal(),
  };

  function keydown(event) {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const action = (current && sound[key]) || page[key];
    const isTyping = event.target.closest("input:not([data-range]), select, textarea");
    // A space on a control, a link or a summary does what it always does there.
    const isPressing = key === " " && event.target.closest("button, a, summary");
    const isBusy = event.ctrlKey || event.metaKey || event.altKey || (help && help.open);
    if (!action || isTyping || isPressing || isBusy) return;
    event.preventDefault();
    action();
  }
  document.addEventListener("keydown", keydown);

  for (const [selector, action] of [
    ["[data-help-open]", () => help.showModal()],
    ["[data-print]", () => print()],
  ]) {
    const button = find(selector);
    if (!button) continue;
    button.hidden = false;
    button.addEventListener("click", action);
  }

  /** Coming from a filtered list, previous and next stay in it, and back returns to it. */
  function stayInList() {
    const star = find(".head [data-star]");
    if (!star) return;
    let kept;
    try {
      kept = JSON.parse(sessionStorage.getItem("huiting.list") || "null");
    } catch {
      return;
    }
    const place = kept ? kept.links.indexOf(star.dataset.star) : -1;
    if (place < 0) return;
    const known = /^(case|pair)\/[0-9a-f]{16}$/;
    for (const [selector, link] of [["[data-before]", kept.links[place - 1]], ["[data-after]", kept.links[place + 1]]]) {
      const element = find(selector);
      element.hidden = !known.test(link || "");
      if (!element.hidden) element.href = `${document.body.dataset.root}${link}.html`;
    }
    const back = find("[data-back]");
    if (back) back.hash = kept.hash;
  }
  stayInList();
})();
