"""Understanding: what a text says about how its author feels.

``load_reader().read(texts)`` gives one ``Reading`` a text. What the shipped reader can and cannot
do is on its card, ``docs/models/reader-2.md``. ``understanding.training`` makes a new one.
"""

from amends.understanding.reader import Reader, load_reader

__all__ = ["Reader", "load_reader"]
