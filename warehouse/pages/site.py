"""A folder of pages being written: templates, scripts and styles, files that appear whole or not at all.

In: relative paths, templates' names and values. Out: files below one folder. Edge: writes files, each
beside its place and then renamed; a file that is the same already is left alone.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from warehouse.case import Library
from warehouse.errors import WarehouseError
from warehouse.pages.said import LITERAL, Said, Value, json_of, said, text_of
from warehouse.pages.words import Words

HERE = Path(__file__).resolve().parent
# In the order they are loaded. Scripts of `EARLY` run before anything is drawn, so that nothing flashes.
STYLES = ("base.css", "cards.css", "case.css", "talk.css", "print.css")
EARLY = ("early.js",)
SCRIPTS = ("language.js", "favourites.js", "cards.js", "library.js", "player.js", "keyboard.js")
ICON = "icon.svg"
MAX_KEPT = 20_000  # pieces of markup kept for the next page: the interface repeats itself
_SUFFIXES = {".html", ".css", ".js", ".svg"}
# What JSON leaves as it is and what could end a script, or a line of one.
_UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


@dataclass(slots=True)
class Site:
    """The folder being written: remembers what belongs to it, so that the rest can go.

    `libraries` are the entries of the menu; `home` is what a case leads back to when its library is not one.
    """

    folder: Path
    words: Words
    libraries: Sequence[Library] = ()
    changed_count: int = 0
    written: set[Path] = field(default_factory=set)
    assets: dict[str, list[str]] = field(default_factory=dict)
    environment: Environment = field(init=False)
    _made: dict[object, Markup] = field(default_factory=dict[object, Markup])

    def __post_init__(self) -> None:
        self.environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
        )
        given: dict[str, Any] = {
            **{"say": self.say, "zh": self.zh, "t": self.t, "attrs": self.attrs},
            **{"said": said, "tuple": tuple},
        }
        self.environment.globals.update(given)

    def page(self, relative: str, template: str, here: str, values: Mapping[str, object]) -> None:
        """Render a template to `relative`, where `here` is the entry of the menu to light up."""
        self.write(relative, self.rendered(relative, template, here, values))

    def rendered(self, relative: str, template: str, here: str, values: Mapping[str, object]) -> bytes:
        """Return what a page holds."""
        known = {
            "root": "../" * relative.count("/"),
            "here": here,
            "libraries": self.libraries,
            "library_ids": {library.library_id for library in self.libraries},
            "assets": self.assets,
            "scripts": (),
        }
        return self.environment.get_template(template).render(known | dict(values)).encode()

    def write(self, relative: str, content: bytes) -> None:
        """Write a file beside and rename it; leave it alone when it is the same already.

        Raises:
            WarehouseError: the file cannot be written.
        """
        path = self.folder / relative
        self.written.add(path)
        try:
            if path.is_file() and path.read_bytes() == content:
                return
            path.parent.mkdir(parents=True, exist_ok=True)
            beside = path.with_name(f".{path.name}.{os.getpid()}")
            beside.write_bytes(content)
            os.replace(beside, path)
        except OSError as err:
            raise WarehouseError(f"{path}: 页面写不进去 ({err}), 请检查磁盘空间和权限") from err
        self.changed_count += 1

    def write_assets(self) -> None:
        """Write styles, scripts and dictionaries; digests in their names never mix two versions."""
        folder = HERE / "assets"
        self.assets = {
            "css": [self._asset(name, (folder / name).read_bytes()) for name in STYLES],
            "early": [self._asset(name, (folder / name).read_bytes()) for name in EARLY],
            "js": [self._asset("words.js", data_script("words", words_data(self.words)))]
            + [self._asset(name, (folder / name).read_bytes()) for name in SCRIPTS],
            "icon": [self._asset(ICON, (folder / ICON).read_bytes())],
        }

    def data(self, name: str, what: str, data: object) -> str:
        """Write data as a script that sets `Huiting.<what>`; return its path from the site's root."""
        script = data_script(what, data)
        relative = f"data/{name}.{_digest(script)}.js"
        self.write(relative, script)
        return relative

    def remove_old(self, folders: Iterable[str]) -> int:
        """Remove files of `folders` that were not written this time: retired, expired, forgotten cases."""
        count = 0
        for path in (path for folder in folders for path in (self.folder / folder).glob("*")):
            if path.is_file() and path.suffix in _SUFFIXES and path not in self.written:
                path.unlink(missing_ok=True)
                count += 1
        return count

    def say(self, what: "Said | str", **values: Value) -> Markup:
        """Return an element whose text is translated: {{ say("nav.home") }}."""
        given = _of(what, values)
        return self._known(("say", given), lambda: f"<span{self.t(given)}>{escape(self.zh(given))}</span>")

    def zh(self, what: "Said | str", **values: Value) -> str:
        """Return the Chinese text."""
        return text_of(self.words.zh, _of(what, values))

    def t(self, what: "Said | str", **values: Value) -> Markup:
        """Return the attribute that has an element's own text translated; text from outside is Chinese."""
        given = _of(what, values)
        language = ' lang="zh-Hans"' if given.key == LITERAL else ""
        return self._known(("t", given), lambda: f' data-t="{_json(json_of(given))}"{language}')

    def attrs(self, **attributes: "Said | str") -> Markup:
        """Return attributes whose values are translated: {{ attrs(aria_label="player.go") }}."""
        names = tuple((name.replace("_", "-"), _of(what, {})) for name, what in attributes.items())
        return self._known(("attrs", names), lambda: self._attributes(names))

    def _attributes(self, names: tuple[tuple[str, Said], ...]) -> str:
        plain = "".join(f' {name}="{escape(self.zh(what))}"' for name, what in names)
        return plain + f' data-ta="{_json({name: json_of(what) for name, what in names})}"'

    def _known(self, key: object, make: Callable[[], str]) -> Markup:
        """Return markup that was made before, or make it; every value in it is escaped by `make`."""
        found = self._made.get(key)
        if found is None:
            if len(self._made) >= MAX_KEPT:
                self._made.clear()
            found = self._made[key] = Markup(make())  # noqa: S704
        return found

    def _asset(self, name: str, content: bytes) -> str:
        stem, suffix = name.split(".")
        shown = f"{stem}.{_digest(content)}.{suffix}"
        self.write(f"assets/{shown}", content)
        return shown


def data_script(what: str, data: object) -> bytes:
    """Return a script that sets `Huiting.<what>` to `data`.

    The data is a string that JSON.parse reads, so that no key of it (`__proto__`) and no text of it
    (`</script>`, a line separator) means anything to the script itself.
    """
    inner = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    text = json.dumps(inner, ensure_ascii=False)
    for character, escaped in _UNSAFE.items():
        text = text.replace(character, escaped)
    return f'"use strict";\nHuiting.{what} = JSON.parse({text});\n'.encode()


def words_data(words: Words) -> object:
    """Return both dictionaries as the scripts read them: [key, Chinese, English] each."""
    return [[key, words.zh[key], words.en[key]] for key in sorted(words.zh)]


def _of(what: "Said | str", values: Mapping[str, Value]) -> Said:
    return said(what, **values) if isinstance(what, str) else what


def _json(data: object) -> Markup:
    return escape(json.dumps(data, ensure_ascii=False, separators=(",", ":")))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:8]
