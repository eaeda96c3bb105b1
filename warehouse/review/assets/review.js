/* Listening and keys of the reviewers' application. Works without it too: forms are plain forms. */
(() => {
  "use strict";
  const box = document.querySelector("[data-listen]");
  const audio = box && box.querySelector("audio");
  let begin = null; // which second of the recording the sound begins with

  const evidence = document.querySelector(".is-evidence");
  if (evidence && evidence.getBoundingClientRect().bottom > window.innerHeight) {
    evidence.scrollIntoView({ block: "center" });
  }

  const tell = (until) => {
    const body = new URLSearchParams({ csrf: box.dataset.csrf, target_id: box.dataset.target, until_s: String(until) });
    fetch("/heard", { method: "POST", body, keepalive: true }).catch(() => {});
  };

  if (audio) {
    fetch(`/sound/${box.dataset.target}/span`)
      .then((answer) => (answer.ok ? answer.json() : null))
      .then((span) => {
        if (!span) {
          audio.hidden = true;
          box.querySelector("[data-silent]").hidden = false;
          return;
        }
        begin = span.start_s;
        box.dataset.ready = "1";
        for (const turn of document.querySelectorAll("[data-turn]")) {
          const isInside = Number(turn.dataset.s) < span.end_s && Number(turn.dataset.e) > span.start_s;
          turn.querySelector("[data-seek]").disabled = !isInside;
        }
      })
      .catch(() => {});
    audio.addEventListener("play", () => tell(audio.currentTime));
    audio.addEventListener("pause", () => tell(audio.currentTime));
    audio.addEventListener("timeupdate", () => {
      const now = begin + audio.currentTime;
      for (const turn of document.querySelectorAll("[data-turn]")) {
        turn.classList.toggle("speaking", !audio.paused && Number(turn.dataset.s) <= now && now < Number(turn.dataset.e));
      }
    });
  }

  const play = (at) => {
    if (!audio || audio.hidden) return;
    if (at !== null && begin !== null) audio.currentTime = Math.max(0, at - begin);
    audio.play().catch(() => {});
  };

  document.addEventListener("click", (event) => {
    const seek = event.target.closest("[data-seek]");
    if (seek) play(Number(seek.dataset.seek));
  });

  const form = document.querySelector("[data-verdict]");
  if (form) {
    let isSent = false; // a second click while the first is on its way sends nothing
    form.addEventListener("submit", (event) => {
      if (isSent) event.preventDefault();
      isSent = true;
    });
    window.addEventListener("pageshow", () => { isSent = false; });
  }

  document.addEventListener("keydown", (event) => {
    const isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (event.key === "Escape" && isTyping) { event.target.blur(); return; }
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    const button = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (button) { event.preventDefault(); button.click(); return; }
    const onControl = /^(BUTTON|A|AUDIO)$/.test(event.target.tagName);
    if (event.key === " " && audio && !onControl) {
      event.preventDefault();
      if (audio.paused) play(null); else audio.pause();
    } else if (event.key === "ArrowLeft" && audio) {
      audio.currentTime = Math.max(0, audio.currentTime - 3);
    } else if (event.key === "ArrowRight" && audio) {
      audio.currentTime += 3;
    } else if (form && (event.key === "r" || event.key === "n")) {
      event.preventDefault();
      form.querySelector(event.key === "r" ? "select" : "textarea").focus();
    }
  });
})();
