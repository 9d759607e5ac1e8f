"""What a check costs: without history, with a long one, and on anything at all.

Replies are made up from parts, so that a bench needs no data; half of the history are copies with
other names and numbers, as desks send them.
"""

import random
import time
import tracemalloc
from collections.abc import Callable, Sequence
from itertools import product

import msgspec

from amends.guard import CaseFacts, Mode, RecentReplies, check

_NAMED = "Ana Ben Carla Dan Eva Farid Gita Hugo Ines Jo Kim Lea Mia Nils Omar Pia Rosa Sam Tom Uma"
_NAMES = _NAMED.split()
_OPENINGS = (
    "Hi {name}, sorry about the wait at gate {number}.",
    "{name}, three hours on hold is far too long, and I apologise.",
    "Thank you for telling us about the broken lock, {name}.",
    "I can see why you are angry, {name}.",
    "Hello {name}, that bill looks wrong to me too.",
    "Oh no, {name}, a wet parcel is the last thing you needed.",
    "That was our mistake, {name}: we sent order {number} to the old flat.",
    "It's good that you wrote, {name}.",
)
_ACTS = (
    "I am asking the depot where it is and will write to you by {number} pm.",
    "My colleague {name} is looking for the suitcase in Oslo right now.",
    "The second charge goes back to your card this week.",
    "We have put a new one on the van; it leaves tonight.",
    "Could you tell me what the screen says when it stops?",
    "I've passed this to the people who draw up the timetable.",
    "The engineer comes on Tuesday between {number} and noon.",
    "I have opened the account again, so you can sign in.",
)
_ENDS = (
    "Send me a private message if it moves again. ^{name}",
    "You can reach me by direct message until ten. {name}",
    "Thanks for your patience with us. - {name}",
    "What else went wrong that day? ^{name}",
    "I'll stay with it until it is solved. ^{name}",
    "Call us on 0800 123 4567 if that is easier. ^{name}",
)
_STRAY = "the gate agent told us nothing while rain came through a roof and my phone died on page nine of your form"
_POST = "@acme THIRD time this month, order {number} is late again and nobody answers!!! Fix it"
_ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyz    .,!?'\u2019",
    "ABC xyz 0123456789 @#/:.-+()$\u20ac%&<>\"'\n\t",
    "\u0000\u200b\u200d\u202e\ufeff\ud800\udfff\ufe0f \u0301\u0130\u00df\ufb01\uff21\uff11",
    "\U0001f600\U0001f44d\U0001f3fd\U0001f1e9\U0001f1ea\u2764\ufe0f\U0001f9d1\u200d\U0001f692",
    "\u6211\u7684\u884c\u674e \u3054\u3081\u3093 \u0627\u0644\u0639 \u05e9\u05dc \u0e2a\u0e27\u0e31\u0e2a \u0438\u0437\u0432\u0438",
)  # fmt: skip


class GuardFigures(msgspec.Struct, kw_only=True):
    """``checks_per_s`` is without history, in seconds of CPU of one core; the best of three. With
    ``history`` replies: ``p50_ms``, ``p99_ms`` and ``worst_ms`` of one check by the clock,
    ``p99_cpu_ms`` by the CPU it took, which a busy machine distorts less; ``found`` of the copies
    looked for and ``wrongly`` of the fresh ones held to be copies, both in [0, 1]; ``memory_mib`` of
    the index with its texts."""

    checks: int
    checks_per_s: float
    cold_ms: float
    history: int
    add_per_s: float
    memory_mib: float
    p50_ms: float
    p99_ms: float
    p99_cpu_ms: float
    worst_ms: float
    found: float
    wrongly: float


def made_up_replies(number: int, seed: int) -> list[str]:
    """Replies of two sentences or three, about as long as real ones (20 words), half of them with
    words of their own between."""
    rng = random.Random(seed)  # noqa: S311
    pairs = [*product(_OPENINGS, _ACTS), *product(_OPENINGS, _ENDS), *product(_ACTS, _ENDS)]
    whole = [*product(_OPENINGS, _ACTS, _ENDS)]
    frames = [" ".join(parts) for parts in (*pairs, *whole[:: len(whole) // 40])]
    stray = _STRAY.split()
    return [_filled(_mixed(rng.choice(frames), stray, rng), rng) for _ in range(number)]


def bench_guard(*, checks: int, history: int, seed: int) -> GuardFigures:
    """Measure; takes about ``history / 15,000 + checks / 2,000`` seconds."""
    replies = made_up_replies(min(2_000, checks), seed)
    facts = [CaseFacts(post=_filled(_POST, random.Random(at))) for at in range(64)]  # noqa: S311
    began = time.perf_counter()
    check(replies[0], facts[0])
    cold_ms = (time.perf_counter() - began) * 1000
    _check_all(replies, facts, None, len(replies))
    rate = max(checks / _cpu_s(lambda: _check_all(replies, facts, None, checks)) for _ in range(3))
    recent, add_per_s, memory = _history(history, seed + 1)
    times, cpu, found, wrongly = _with_history(recent, facts, history, seed + 2)
    times.sort()
    cpu.sort()
    return GuardFigures(
        checks=checks,
        checks_per_s=round(rate, 1),
        cold_ms=round(cold_ms, 1),
        history=len(recent),
        add_per_s=round(add_per_s, 1),
        memory_mib=round(memory, 1),
        p50_ms=round(times[len(times) // 2], 3),
        p99_ms=round(times[int(len(times) * 0.99)], 3),
        p99_cpu_ms=round(cpu[int(len(cpu) * 0.99)], 3),
        worst_ms=round(times[-1], 3),
        found=round(found, 4),
        wrongly=round(wrongly, 4),
    )


def fuzz_guard(rounds: int, seed: int, say: Callable[[str], None]) -> float:
    """Check ``rounds`` texts of any characters; the slowest in ms. Whatever is raised passes through,
    after the seed that leads there was said."""
    slowest = 0.0
    recent = RecentReplies(made_up_replies(500, seed), capacity=500)
    for number in range(rounds):
        rng = random.Random(seed + number)  # noqa: S311
        reply, post = _anything(rng), _anything(rng)
        mode: Mode = rng.choice(("public", "private"))
        network = rng.choice(("", "x", "bluesky", "mastodon", "?"))
        began = time.perf_counter()
        try:
            check(reply, CaseFacts(post=post, mode=mode, network=network, account=post[:9]), recent)
        except Exception:
            say(f"Seed {seed + number} raises; run with --fuzz 1 --seed {seed + number}.")
            raise
        slowest = max(slowest, (time.perf_counter() - began) * 1000)
    return slowest


def _check_all(
    replies: Sequence[str], facts: Sequence[CaseFacts], recent: RecentReplies | None, number: int
) -> None:
    for at in range(number):
        check(replies[at % len(replies)], facts[at % len(facts)], recent)


def _cpu_s(work: Callable[[], None]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _history(number: int, seed: int) -> tuple[RecentReplies, float, float]:
    """The index, replies added a second, and MiB that it takes with its texts."""
    texts = made_up_replies(number, seed)
    began = time.process_time()
    recent = RecentReplies(capacity=number)
    for key, text in enumerate(texts):
        recent.add(text, key=str(key))
    seconds = time.process_time() - began
    del recent
    tracemalloc.start()
    recent = RecentReplies(capacity=number)
    for key, text in enumerate(made_up_replies(min(number, 5_000), seed)):
        recent.add(text, key=str(key))
    each = (tracemalloc.get_traced_memory()[0] - recent.table_bytes) / min(number, 5_000)
    tracemalloc.stop()
    recent = RecentReplies(capacity=number)
    for key, text in enumerate(texts):
        recent.add(text, key=str(key))
    return recent, number / seconds, (recent.table_bytes + each * number) / 2**20


def _with_history(
    recent: RecentReplies, facts: Sequence[CaseFacts], history: int, seed: int
) -> tuple[list[float], list[float], float, float]:
    """Milliseconds of each check by the clock and by the CPU, the share of copies found, and the
    share of fresh replies held for copies."""
    rng = random.Random(seed)  # noqa: S311
    copies = [_renamed(text, rng) for text in made_up_replies(min(history, 2_000), seed - 1)]
    fresh = [_fresh(rng) for _ in range(min(history, 1_000))]
    times: list[float] = []
    cpu: list[float] = []
    hits = [0, 0]
    for kind, texts in enumerate((copies, fresh)):
        for at, text in enumerate(texts):
            began, spent = time.perf_counter(), time.process_time()
            findings = check(text, facts[at % len(facts)], recent)
            cpu.append((time.process_time() - spent) * 1000)
            times.append((time.perf_counter() - began) * 1000)
            hits[kind] += any(one.code == "near_copy" for one in findings)
    return times, cpu, hits[0] / len(copies), hits[1] / len(fresh)


def _mixed(frame: str, stray: list[str], rng: random.Random) -> str:
    if rng.random() < 0.5:
        return frame
    words = frame.split()
    for _ in range(3):
        words.insert(rng.randrange(len(words)), rng.choice(stray))
    return " ".join(words)


def _filled(frame: str, rng: random.Random) -> str:
    parts = frame.split("{")
    filled = [parts[0]]
    for part in parts[1:]:
        name, _, rest = part.partition("}")
        filled.append(
            (rng.choice(_NAMES) if name == "name" else str(rng.randrange(2, 9_999))) + rest
        )
    return "".join(filled)


def _renamed(text: str, rng: random.Random) -> str:
    """The same reply to somebody else."""
    words = text.split(" ")
    for at, word in enumerate(words):
        bare = word.strip(".,!?^:")
        if bare in _NAMES:
            words[at] = word.replace(bare, rng.choice(_NAMES))
        elif bare.isdigit():
            words[at] = word.replace(bare, str(rng.randrange(2, 9_999)))
    return " ".join(words)


def _fresh(rng: random.Random) -> str:
    """A reply that nobody sent: words in an order of their own."""
    words = (
        (" ".join((*_OPENINGS, *_ACTS, *_ENDS, _STRAY))).replace("{", "").replace("}", "").split()
    )
    return " ".join(rng.choice(words) for _ in range(30))


def _anything(rng: random.Random) -> str:
    size = rng.choice((0, 1, 5, 40, 200, 1_000, 4_000))
    alphabet = rng.choice(_ALPHABETS) + rng.choice(_ALPHABETS)
    made = "".join(rng.choice(alphabet) for _ in range(size))
    if rng.random() < 0.5:
        words = f"{rng.choice(_OPENINGS)} {rng.choice(_ACTS)} {made}".split(" ")
        rng.shuffle(words)
        made = " ".join(words)
    return made
