"""Text in, jieba words out. Edge: reads jieba's dictionary and userdict.txt, writes nothing.

The only importer of jieba. A `Tokenizer` owns its own jieba instance, never the module's global one, and
fills it from the dictionary itself: jieba would otherwise read and write a cache in the shared temporary
folder, which clashes between workers, fails in read-only homes and loads whatever another user left there.
Loading takes about one second per process.
"""

import hashlib
import logging
from pathlib import Path

import jieba

# One term of the field per line, with the frequency that keeps it in one piece; see the file's neighbours.
USERDICT = Path(__file__).with_name("userdict.txt")

logging.getLogger("jieba").setLevel(logging.WARNING)


class Tokenizer:
    """Cuts Chinese text into words with jieba and the field's own terms.

    New-word guessing (HMM) is off: on recognition errors it glues random characters into words that no
    other call has.
    """

    def __init__(self, userdict: Path = USERDICT) -> None:
        """Load the dictionaries.

        Args:
            userdict: UTF-8 file, one `word frequency` or `word` per line; lines starting with # are skipped.
        """
        self._jieba = jieba.Tokenizer()
        # What jieba.Tokenizer.initialize does, without its cache file.
        self._jieba.FREQ, self._jieba.total = self._jieba.gen_pfdict(self._jieba.get_dict_file())
        self._jieba.initialized = True
        for word, frequency in _read_userdict(userdict):
            self._jieba.add_word(word, frequency)
        self.digest = words_digest(userdict)

    def tokens(self, text: str) -> tuple[str, ...]:
        """Return the words of `text`; joined, they are `text` again."""
        return tuple(self._jieba.cut(text, HMM=False))


def words_digest(userdict: Path = USERDICT) -> str:
    """Return the sha256 (hex) of all that decides how text is cut: jieba's version and the own terms."""
    digest = hashlib.sha256(f"jieba {jieba.__version__} hmm=False\n".encode())
    digest.update(userdict.read_bytes())
    return digest.hexdigest()


def _read_userdict(userdict: Path) -> list[tuple[str, int | None]]:
    words: list[tuple[str, int | None]] = []
    for line in userdict.read_text(encoding="utf-8").splitlines():
        fields = line.split()
        if fields and not fields[0].startswith("#"):
            words.append((fields[0], int(fields[1]) if len(fields) > 1 else None))
    return words
