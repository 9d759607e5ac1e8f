"""Our own post lines; see ``docs/schema/post.schema.json``."""

from collections.abc import Iterator

from amends.listening.history.line import Found, Json
from amends.terms import Post
from amends.terms.schema import decode_post

_FIELDS = frozenset(Post.__struct_fields__)


class PostSchema:
    name = "posts"

    def looks_like(self, value: Json) -> bool:
        return {"id", "text"} <= value.keys() and value.keys() <= _FIELDS

    def translate(self, value: Json, _number: int, /) -> Iterator[Found]:
        yield Found(post=decode_post(dict(value)))
