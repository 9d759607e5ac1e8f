"""A post as queries see it."""

from collections.abc import Sequence
from functools import cached_property

from amends.matching.words import Words
from amends.terms import Author, Post
from amends.text import links


class Facts:
    """What queries ask of a post, each worked out once, when it is first asked for."""

    def __init__(self, post: Post) -> None:
        self.post = post
        self._parts: Sequence[Words] | None = None
        self._form: str | None = None

    @classmethod
    def of(cls, post: Post) -> "Facts":
        return cls(post)

    @property
    def parts(self) -> Sequence[Words]:
        """The post's own text and, where it quotes one, the text of the post quoted."""
        # Each post that is looked at needs them, and ``cached_property`` takes a lock.
        parts = self._parts
        if parts is None:
            quoted = self.post.quote_of.text if self.post.quote_of else None
            texts = (self.post.text, quoted) if quoted else (self.post.text,)
            parts = self._parts = [Words(text) for text in texts]
        return parts

    @property
    def form(self) -> str:
        """What ``normalise`` made of the parts, a line end between them."""
        form = self._form
        if form is None:
            form = self._form = "\n".join([part.form for part in self.parts])
        return form

    @cached_property
    def signs(self) -> frozenset[str]:
        """The signs of the entities: any of ``#@$``."""
        return frozenset(one.names[0][0] for part in self.parts for one in part.entities)

    @cached_property
    def links(self) -> Sequence[Words]:
        """The links attached and those in the texts."""
        written = [Words(link, link) for part in self.parts for link in links(part.form)]
        return [*(Words(link) for link in self.post.links if link.strip()), *written]

    @cached_property
    def bio(self) -> Words:
        """What the author says of themselves; empty where that is not known."""
        return Words((self.post.author and self.post.author.bio) or "")

    @cached_property
    def name(self) -> Words:
        """The author's name as displayed."""
        return Words((self.post.author and self.post.author.name) or "")

    @cached_property
    def media(self) -> frozenset[str]:
        """The kinds of what is attached."""
        return frozenset(one.kind.lower() for one in self.post.media)

    @cached_property
    def author(self) -> frozenset[str]:
        """What the author answers to."""
        return accounts(self.post.author)

    @cached_property
    def answered(self) -> frozenset[str]:
        """What the author of the post answered answers to."""
        return accounts(self.post.in_reply_to.author if self.post.in_reply_to else None)

    @cached_property
    def reposted(self) -> frozenset[str]:
        """What the author of the post reposted answers to."""
        return accounts(self.post.repost_of.author if self.post.repost_of else None)


def accounts(author: Author | None) -> frozenset[str]:
    """An author's handle without its sign and the id, in small letters."""
    if author is None:
        return frozenset()
    names = (author.handle and author.handle.removeprefix("@"), author.id)
    return frozenset(name.casefold() for name in names if name)
