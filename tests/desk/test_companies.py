"""Several brands on one desk, and other companies in our threads."""

import itertools
from pathlib import Path

import pytest

from amends.desk.actions.history import Importer
from amends.desk.models import Brand, Case, ImportRun, PostRow, WatchRow
from amends.listening.history import History, open_history
from amends.terms import Stale, SystemClock, WatchKind
from tests.factories import brand, case, channel, mention, store, watch
from tests.support.readers import fast_reader

pytestmark = pytest.mark.database

COLUMNS = "tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id"
AT = "Tue Oct 31 22:0{}:00 +0000 2017"
ROWS = [
    "1,100,True,{at},@brindlewing you lost my bag and nobody answers. Awful service!,2,",
    "2,brindlewing,False,{at},@100 So sorry. Please send us a private message.,3,1",
    "3,100,True,{at},@brindlewing I sent it,,2",
    "4,200,True,{at},@quorlane terrible delay again. Worst airline ever!,5,",
    "5,quorlane,False,{at},@200 We apologise. Worst delay ever and terrible for @brindlewing too,,4",
    "6,300,True,{at},My flight was cancelled and nobody helps. Terrible airline!,7,",
    "7,brindlewing,False,{at},@300 We are here to help. Which flight?,8,6",
    "8,300,True,{at},@quorlane is better,,7",
]


@pytest.fixture
def history(tmp_path: Path) -> History:
    rows = [row.format(at=AT.format(row[0])) for row in ROWS]
    path = tmp_path / "tweets.csv"
    path.write_text("\n".join([COLUMNS, *rows]) + "\n", encoding="utf-8")
    return open_history(path)


def bring_in(history: History, handle: str | None, **facts: object) -> int:
    refs = (f"H{n}" for n in itertools.count(Case.objects.count()))
    known: dict[str, object] = {
        "reader": fast_reader(), "clock": SystemClock(), "new_ref": lambda: next(refs),
    }  # fmt: skip
    made = Importer(**(known | facts))  # type: ignore[arg-type]
    return made.read(history, handle=handle).cases_opened


def cases(name: str) -> list[tuple[str, str, bool, list[str]]]:
    return [
        (
            row.first_post.native_id,
            row.state,
            row.answered_at is not None,
            sorted(row.places.values_list("post__native_id", flat=True)),
        )
        for row in Case.objects.filter(brand__name=name).order_by("first_post__native_id")
    ]


OURS = [("1", "open", True, ["1", "2", "3"]), ("6", "open", True, ["6", "7", "8"])]
THEIRS = [("4", "waiting", True, ["4", "5"])]


@pytest.mark.alike
@pytest.mark.parametrize("order", [("brindlewing", "quorlane"), ("quorlane", "brindlewing")])
def test_brands_imported_one_after_another_do_not_disturb_each_other(
    history: History, order: tuple[str, str]
) -> None:
    for name in (*order, *order):
        bring_in(history, name)
    assert (cases("brindlewing"), cases("quorlane")) == (OURS, THEIRS)


@pytest.mark.alike
def test_other_companys_account_is_no_customer(history: History) -> None:
    bring_in(history, "brindlewing")
    assert cases("brindlewing") == OURS
    assert not hasattr(PostRow.objects.get(native_id="5"), "reading")


def test_complaint_that_names_nobody_opens_when_we_answer_it(history: History) -> None:
    bring_in(history, "brindlewing")
    late = Case.objects.get(first_post__native_id="6")
    assert late.opened_at == late.first_post.created_at
    assert late.answered_at == PostRow.objects.get(native_id="7").created_at


@pytest.mark.parametrize("batch", [1, *(pytest.param(n, marks=pytest.mark.alike) for n in (2, 3))])
def test_complaint_before_the_post_we_answered_opens_too(tmp_path: Path, batch: int) -> None:
    """Whoever complains first and names us afterwards is answered for both."""
    rows = [
        f"9,900,True,{AT.format(0)},Lovely morning,,",
        f"1,100,True,{AT.format(1)},My flight was cancelled and nobody helps. Terrible airline!,2,",
        f"2,100,True,{AT.format(2)},@brindlewing,3,1",
        f"3,brindlewing,False,{AT.format(3)},@100 We are here to help.,,2",
    ]
    path = tmp_path / "tweets.csv"
    path.write_text("\n".join([COLUMNS, *rows]) + "\n", encoding="utf-8")
    bring_in(open_history(path), "brindlewing", batch=batch)
    assert cases("brindlewing") == [("1", "waiting", True, ["1", "2", "3"])]


@pytest.mark.alike
def test_import_cut_off_before_another_begins_anew(history: History) -> None:
    def cut(phase: str, _done: int, _whole: int) -> None:
        if phase == "opening cases":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring_in(history, "brindlewing", batch=1, progress=cut)
    bring_in(history, "quorlane")
    bring_in(history, "brindlewing")
    assert (cases("brindlewing"), cases("quorlane")) == (OURS, THEIRS)


def test_import_stops_where_another_began_meanwhile(history: History) -> None:
    begun: list[int] = []

    def meanwhile(_phase: str, _done: int, _whole: int) -> None:
        if not begun:
            begun.append(bring_in(history, "quorlane"))

    with pytest.raises(Stale, match="run it again"):
        bring_in(history, "brindlewing", batch=2, progress=meanwhile)
    bring_in(history, "brindlewing")
    assert (cases("brindlewing"), cases("quorlane")) == (OURS, THEIRS)
    assert ImportRun.objects.filter(finished_at=None).count() == 0


@pytest.mark.alike
def test_brand_is_found_by_its_account(history: History) -> None:
    found = brand()
    watch(WatchKind.BRAND, "brindlewing")
    channel("demo", "brindlewing")
    bring_in(history, "@BrindleWing")
    assert list(Brand.objects.all()) == [found]
    assert {row.brand_id for row in Case.objects.all()} == {found.pk}


@pytest.mark.alike
def test_our_accounts_are_known_without_naming_the_brand(history: History) -> None:
    """What our own account wrote is ours, also where the set-up says whose care it is."""
    WatchRow.objects.create(
        brand=brand("Wings"), kind="brand", name="us", handles=["brindlewing"], query="@brindlewing"
    )
    bring_in(history, None)
    assert cases("Wings") == OURS


def test_erased_post_does_not_come_back_for_another_brand(history: History) -> None:
    bring_in(history, None)
    PostRow.objects.filter(native_id="1").update(erased_at="2026-01-01T00:00:00Z", text="")
    bring_in(history, "brindlewing")
    assert [first for first, *_ in cases("brindlewing")] == ["6"]


@pytest.mark.alike
def test_competitors_own_account_opens_no_case() -> None:
    rival = watch(WatchKind.COMPETITOR, "zephyrline")
    rival.handles = ["zephyrline"]
    rival.save()
    store(mention("Halcyon is awful, fly with us", handle="zephyrline"))
    assert Case.objects.count() == 0


@pytest.mark.alike
def test_what_a_customer_says_elsewhere_to_others_stays_out_of_their_case() -> None:
    row = case()
    store(mention("@zephyrline lost it too", conversation="elsewhere", watches={}))
    assert row.places.count() == 1
