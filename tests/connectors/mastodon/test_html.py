"""HTML of a status: what servers write is read faster, and no different."""

from hypothesis import given
from hypothesis import strategies as st

from amends.connectors.mastodon.html import _parsed, _read_clean, plain_text

TEXT = st.text("ab &;#x3<>\"'/=\n…é😡", max_size=8) | st.sampled_from(
    ["&amp;", "&lt;b&gt;", "&#39;", "&copy", "&copy;", "https://a.example/x", " late "]
)
VALUES = [
    "mention",
    "u-url mention",
    "hashtag",
    "invisible",
    "quote-inline",
    "https://a.example/",
    "https://a.example/?a=1&amp;b=2",
    "https://a.example/?a=1&copy=2",
    "javascript:x",
    "br",
    "/a",
    "\n\n",
    "",
]
ATTRIBUTE = st.builds(
    ' {}="{}"'.format,
    st.sampled_from(["class", "href", "rel", "title"]),
    st.sampled_from(VALUES),
)
TAG = st.builds(
    lambda end, name, attributes, close: (
        f"</{name}>" if end else f"<{name}{''.join(attributes)}{close}>"
    ),
    st.booleans(),
    st.sampled_from(
        ["p", "a", "a", "a", "span", "br", "li", "ul", "strong", "script", "h2", "x-y"]
    ),
    st.lists(ATTRIBUTE, max_size=2),
    st.sampled_from(["", "", "", " /", "/"]),
)


@given(st.lists(TEXT | TAG, max_size=10).map("".join))
def test_clean_markup_is_read_as_the_parser_reads_it(content: str) -> None:
    fast = _read_clean(content)
    if fast is not None:
        slow = _parsed(content)
        assert ("".join(fast[0]), fast[1]) == ("".join(slow[0]), slow[1])


def test_what_servers_write_is_clean() -> None:
    """A mention, a hashtag and a shortened link, as the commonest servers have them."""
    content = (
        '<p><span class="h-card" translate="no"><a href="https://a.example/@acme"'
        ' class="u-url mention">@<span>acme</span></a></span> late<br />See'
        ' <a href="https://a.example/?a=1&amp;b=2" rel="nofollow noopener" translate="no">'
        '<span class="invisible">https://</span><span class="ellipsis">a.exam</span></a></p>'
    )
    assert _read_clean(content)
    assert plain_text(content) == (
        "@acme late\nSee https://a.example/?a=1&b=2",
        ("https://a.example/?a=1&b=2",),
    )
