"""A slow matcher of the whole language that can be checked by reading it beside docs/queries.md.

A query is a tree of plain tuples, so that this shares neither the parser nor a matcher with what it
is held against: ``("word", "acme")``, ``("phrase", "lost bag", None)``, ``("prefix", "refund")``,
``("fuzzy", "refund")``, ``("lookalike", "acme")``, ``("case", "US")``, ``("tag", "#late")``, ``("op", "from", "ben")``,
``("followers", ">", 10)``, ``("not", tree)``, ``("and", [tree, ...])``, ``("or", [tree, ...])``.
"""

import unicodedata
from collections.abc import Iterator
from itertools import pairwise, product
from typing import Any

import regex

from amends.terms import Author, Post
from amends.text import entities

Tree = tuple[Any, ...]
Tokens = list[tuple[str, int, int]]
"""Each with its place in the text."""
Places = list[int]
"""The indexes of the tokens found."""

_WITHOUT_BLANKS = ("CJK", "HIRAGANA", "KATAKANA", "BOPOMOFO", "THAI", "LAO", "KHMER", "MYANMAR")
_UNSEEN = regex.compile(r"\p{Default_Ignorable_Code_Point}")


def said(tree: Tree) -> str:
    """The tree as a query, with more brackets than it needs."""
    match tree:
        case ("word", text) | ("tag", text):
            return str(text)
        case ("phrase", text, within):
            return f'"{text}"' + ("" if within is None else f"~{within}")
        case ("prefix", text):
            return f"{text}*"
        case ("fuzzy", text):
            return f"fuzzy:{text}"
        case ("lookalike", text):
            return f"lookalike:{text}"
        case ("case", text):
            return f'case:"{text}"'
        case ("op", name, value):
            return f'{name}:"{value}"'
        case ("followers", sign, number):
            return f"followers{sign}{number}"
        case ("not", part):
            return f"-({said(part)})"
        case (kind, parts):
            joint = " OR " if kind == "or" else " "
            return joint.join(f"({said(part)})" for part in parts)
    raise AssertionError(tree)


def holds(tree: Tree, post: Post) -> bool:
    """Whether the post satisfies the tree."""
    match tree:
        case ("and", parts):
            return all(holds(part, post) for part in parts)
        case ("or", parts):
            return any(holds(part, post) for part in parts)
        case ("not", part):
            return not holds(part, post)
        case ("op", name, value):
            return _operator(name, value, post)
        case ("followers", sign, number):
            count = post.author.followers if post.author else None
            return count is not None and _compared(count, sign, number)
    return any(_in_text(tree, text) for text in _texts(post))


def _texts(post: Post) -> list[str]:
    quoted = post.quote_of.text if post.quote_of else None
    return [post.text] + ([quoted] if quoted else [])


def _in_text(term: Tree, text: str) -> bool:
    form = _normal(text)
    if term[0] == "tag":
        return any(_normal(term[1]) in entity.names for entity in entities(form))
    tokens = _tokens(form)
    return any(_whole(found, tokens, form) for found in _found(term, tokens, text))


def _found(term: Tree, tokens: Tokens, text: str) -> Iterator[Places]:
    words = [word for word, _, _ in tokens]
    match term:
        case ("prefix", stem):
            yield from ([at] for at, word in enumerate(words) if word.startswith(_normal(stem)))
        case ("fuzzy", wanted):
            yield from ([at] for at, word in enumerate(words) if _one_slip(_normal(wanted), word))
        case ("lookalike", wanted):
            for at, (word, _, _) in enumerate(_tokens(_normal(text, fold=False))):
                if word.upper() != word.lower() and _look(word) == _look(wanted):
                    yield [at]
        case ("case", written):
            kept = [word for word, _, _ in _tokens(_normal(text, fold=False))]
            wanted = [word for word, _, _ in _tokens(_normal(written, fold=False))]
            for found in _in_a_row(_tokens(_normal(written)), tokens):
                if [kept[at] for at in found] == wanted:
                    yield found
        case ("phrase", written, within) if within is not None:
            yield from _near(written, tokens, within)
        case ("phrase", written, _) | ("word", written):
            yield from _in_a_row(_tokens(_normal(written)), tokens)


def _in_a_row(wanted: Tokens, tokens: Tokens) -> Iterator[Places]:
    for at in range(len(tokens) - len(wanted) + 1):
        here = tokens[at : at + len(wanted)]
        same = [word for word, _, _ in here] == [word for word, _, _ in wanted]
        stuck = all(
            here[i][2] == here[i + 1][1]
            for i in range(len(wanted) - 1)
            if wanted[i][2] == wanted[i + 1][1]
        )
        if same and stuck:
            yield list(range(at, at + len(wanted)))


def _near(written: str, tokens: Tokens, within: int) -> Iterator[Places]:
    """Every choice of one place a word, in order within N or all in reverse within N-2."""
    units = [_tokens(_normal(word)) for word in written.split()]
    for choice in product(*(list(_in_a_row(unit, tokens)) for unit in units)):
        for order, most in ((list(choice), within), (list(choice)[::-1], within - 2)):
            if all(left[-1] < right[0] for left, right in pairwise(order)):
                between = order[-1][-1] - order[0][0] + 1 - sum(map(len, order))
                if between <= most:
                    yield [at for places in order for at in places]


def _whole(found: Places, tokens: Tokens, form: str) -> bool:
    """Whether every hashtag that is touched is found from its sign to its end."""
    for tag in entities(form):
        if tag.names[0][0] == "#":
            inside = [
                at for at, (_, start, end) in enumerate(tokens) if tag.start < start < tag.end
            ]
            filled = inside and (tokens[inside[0]][1], tokens[inside[-1]][2]) == (
                tag.start + 1,
                tag.end,
            )
            if set(found) & set(inside) and not (filled and set(inside) <= set(found)):
                return False
    return True


def _operator(name: str, value: str, post: Post) -> bool:
    match name:
        case "from":
            return value.casefold() in _accounts(post.author)
        case "to":
            return bool(post.in_reply_to) and value.casefold() in _accounts(post.in_reply_to.author)  # type: ignore[union-attr]
        case "retweets_of":
            return bool(post.repost_of) and value.casefold() in _accounts(post.repost_of.author)  # type: ignore[union-attr]
        case "network":
            return post.network == value
        case "lang":
            return (post.lang or "und").lower().split("-")[0] == value
        case "is":
            facts = {"repost": post.repost_of, "reply": post.in_reply_to, "quote": post.quote_of}
            return facts[value] is not None
        case "has":
            return _has(value, post)
        case "url":
            return any(_in_text(("phrase", value, None), link) for link in post.links)
        case "url_contains":
            return any(value.casefold() in link.casefold() for link in post.links)
        case "bio":
            return _in_text(("phrase", value, None), (post.author and post.author.bio) or "")
        case "conversation_id":
            return (post.conversation or post.id) == value
        case "in_reply_to_tweet_id":
            return post.in_reply_to is not None and post.in_reply_to.id == value
    raise AssertionError(name)


def _has(value: str, post: Post) -> bool:
    signs = {e.names[0][0] for text in _texts(post) for e in entities(_normal(text))}
    match value:
        case "links":
            return bool(post.links)
        case "mentions":
            return "@" in signs
        case "hashtags":
            return "#" in signs
        case "media":
            return bool(post.media)
    return value.removesuffix("s") in {one.kind for one in post.media}


def _accounts(author: Author | None) -> set[str]:
    return {one.casefold() for one in (author and author.handle, author and author.id) if one}


def _compared(count: int, sign: str, number: int) -> bool:
    return {
        ">": count > number,
        ">=": count >= number,
        "<": count < number,
        "<=": count <= number,
        "=": count == number,
    }[sign]


def _one_slip(wanted: str, written: str) -> bool:
    def without_one(word: str) -> set[str]:
        return {word[:at] + word[at + 1 :] for at in range(len(word))}

    def swapped(word: str) -> set[str]:
        return {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)}

    changed = len(wanted) == len(written) and (
        sum(a != b for a, b in zip(wanted, written, strict=True)) == 1
    )
    return (
        wanted == written
        or changed
        or written in without_one(wanted)
        or wanted in without_one(written)
        or written in swapped(wanted)
    )


def _look(word: str) -> str:
    """A word of the letters that the tests use, each as the Latin letters it looks like."""
    bare = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    latin = bare.translate(_LATIN).casefold().translate(_DIGITS)
    return latin.replace("m", "rn").replace("w", "vv")


_LATIN = str.maketrans("\u0430\u0410\u0421\u041c\u0395\u0435\u0399\u00f8", "aACMEeIo")
_DIGITS = str.maketrans("0123456789i", "olzeasbtbgl")


def _normal(text: str, *, fold: bool = True) -> str:
    composed = unicodedata.normalize("NFKC", text)
    folded = composed.casefold() if fold else composed
    shown = _UNSEEN.sub("", folded)
    return regex.sub("[\u2018\u2019\u201b\u02bc]", "'", shown)


def _tokens(form: str) -> Tokens:
    """Words with their places, read character by character."""
    tokens: Tokens = []
    open_word = False
    for at, char in enumerate(form):
        category = unicodedata.category(char)
        letter, mark = category[0] in "LN", category in ("Mn", "Mc")
        if (letter or mark) and unicodedata.name(char, "").startswith(_WITHOUT_BLANKS):
            tokens.append((char, at, at + 1))
            open_word = False
        elif open_word and (letter or mark):
            word, start, _ = tokens[-1]
            tokens[-1] = (word + char, start, at + 1)
        elif letter:
            tokens.append((char, at, at + 1))
            open_word = True
        else:
            open_word = False
    return tokens
