"""Pages of a stream that come faster than they are stored become one."""

from collections.abc import Iterator, Sequence

from amends.terms import Page, Post

_POST = 1_000  # bytes that a post takes beside its text, about
_WIDEST = 4  # bytes a character


def weight(page: Page) -> tuple[int, int]:
    """How many posts, removals and dead letters a page holds, and about how many bytes. A page of
    none, which moves the cursor, counts as one."""
    items = max(1, len(page.posts) + len(page.deleted) + len(page.dead))
    letters = sum(len(letter.raw) for letter in page.dead)
    return items, _POST * items + _WIDEST * (letters + sum(map(_length, page.posts)))


def joined(pages: Sequence[Page]) -> Iterator[Page]:
    """The pages, as few as can be without changing what they say together.

    Within a page posts are stored before removals are noted. So a post that comes again after its
    removal begins a new page, and so does one delivered to our account beside others that are not.
    """
    waiting: list[Page] = []
    deleted: set[str] = set()
    for page in pages:
        again = bool(deleted) and any(post.id in deleted for post in page.posts)
        if waiting and (again or page.to_us != waiting[0].to_us):
            yield _one(waiting)
            waiting, deleted = [], set()
        waiting.append(page)
        deleted.update(page.deleted)
    if waiting:
        yield _one(waiting)


def _one(pages: Sequence[Page]) -> Page:
    if len(pages) == 1:
        return pages[0]
    return Page(
        posts=[post for page in pages for post in page.posts],
        cursor=pages[-1].cursor,
        next_poll=pages[-1].next_poll,
        to_us=pages[0].to_us,
        deleted=[one for page in pages for one in page.deleted],
        dead=[letter for page in pages for letter in page.dead],
    )


def _length(post: Post) -> int:
    quoted = post.quote_of.text if post.quote_of else None
    return len(post.text) + len(quoted or "")
