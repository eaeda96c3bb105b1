"""The cues beside every clip, as a real browser reads them."""

import base64
from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

READ_CUES = """
(source) => new Promise((resolve, reject) => {
  const player = document.createElement("video");
  const track = document.createElement("track");
  track.onerror = () => reject(new Error("the track does not load"));
  track.onload = () => resolve([...track.track.cues].map((cue) => {
    const shown = document.createElement("div");
    shown.append(cue.getCueAsHTML());
    const classes = [...shown.querySelectorAll("[class]")].map((part) => part.className);
    return [cue.startTime, cue.endTime, shown.textContent, shown.firstChild.title || "", classes];
  }));
  track.src = source;
  player.append(track);
  document.body.append(player);
  track.track.mode = "showing";
})
"""


def test_a_browser_reads_speaker_words_and_highlights(page: Page, site: Any) -> None:
    assert site.clips.clips
    page.goto("about:blank")  # our own pages let nothing in but their files
    classes: set[str] = set()
    for clip in site.clips.clips:
        file = (site.folder / clip.file).with_suffix(".vtt").read_bytes()
        source = f"data:text/vtt;base64,{base64.b64encode(file).decode()}"
        cues = page.evaluate(READ_CUES, source)
        assert len(cues) == file.count(b" --> ") > 3
        length_s = clip.end_s - clip.start_s
        assert all(0 <= start_s < end_s <= length_s + 0.01 for start_s, end_s, *_ in cues)
        assert {speaker for *_, speaker, _ in cues} <= {"客服", "客户"}
        assert all(text.strip() for _, _, text, _, _ in cues)
        classes |= {name for *_, found in cues for name in found}
    assert "taboo" in classes
