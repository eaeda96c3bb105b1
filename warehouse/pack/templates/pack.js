"use strict";
// Words run in time with the sound; a click on a word plays from there; space plays what was heard last.
for (const part of document.querySelectorAll("[data-part]")) {
  const audio = part.querySelector("audio");
  const words = [...part.querySelectorAll(".w")];
  const box = part.querySelector(".lines");
  let shown = null;
  const show = () => {
    const at = audio.currentTime;
    const now = words.findLast((word) => Number(word.dataset.s) <= at && at < Number(word.dataset.e) + 0.3);
    if (now === shown) return;
    shown?.classList.remove("now");
    now?.classList.add("now");
    shown = now ?? null;
    if (now && !audio.paused) {
      const line = now.getBoundingClientRect(), frame = box.getBoundingClientRect();
      if (line.top < frame.top || line.bottom > frame.bottom) box.scrollTop += line.top - frame.top - frame.height / 3;
    }
  };
  let timer = 0;
  const tick = () => { show(); timer = audio.paused ? 0 : requestAnimationFrame(tick); };
  audio.addEventListener("play", () => {
    for (const other of document.querySelectorAll("audio")) if (other !== audio) other.pause();
    document.body.dataset.last = audio.getAttribute("src");
    if (!timer) tick();
  });
  audio.addEventListener("seeked", show);
  for (const word of words) {
    word.addEventListener("click", () => { audio.currentTime = Number(word.dataset.s); audio.play(); });
  }
}
document.addEventListener("keydown", (event) => {
  if (event.key !== " " || event.target.closest("audio, a, button, input")) return;
  event.preventDefault();
  const all = [...document.querySelectorAll("audio")];
  const audio = all.find((each) => each.getAttribute("src") === document.body.dataset.last) ?? all[0];
  if (audio) audio.paused ? audio.play() : audio.pause();
});
