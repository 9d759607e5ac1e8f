"""Who may speak now, and who keeps which account."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, QuerySet

from amends.casework import Action, Role, check_may, may
from amends.casework.signing import check_signed, sign
from amends.casework.speaking import (
    NEVER,
    Asked,
    Keeper,
    Speaker,
    check_speaker,
    keeper_gaps,
    lacks,
    listed,
)
from amends.casework.training import (
    Module,
    State,
    Trained,
    Tried,
    lesson_typed,
    quiz_typed,
    shipped,
    standing_of,
)
from amends.desk.models import (
    Acknowledgement,
    ChannelRow,
    OwnModule,
    Responder,
    SocialPolicy,
    SpeakingRules,
    TrainingAttempt,
)
from amends.desk.queries.doors import NotThere
from amends.desk.queries.handoffs import NETWORK
from amends.desk.queries.prepared import prepared
from amends.desk.queries.there import ALL, Part, Parts


def rules_in_force() -> SpeakingRules | None:
    return next(iter(_rules()), None)


@prepared
def _rules() -> QuerySet[SpeakingRules]:
    return SpeakingRules.objects.order_by("-pk")[:1]


def newest_policy() -> SocialPolicy | None:
    return next(iter(_policies()), None)


@prepared
def _policies() -> QuerySet[SocialPolicy]:
    return SocialPolicy.objects.order_by("-number")[:1]


def module_of(row: OwnModule) -> Module:
    """A company's own module, read as it was typed."""
    words = len(row.lesson.split())
    return Module(
        name=row.name,
        title=row.title,
        about=row.about,
        minutes=max(1, round(words / 180)),
        parts=lesson_typed(row.lesson),
        questions=quiz_typed(row.quiz),
        pass_percent=row.pass_percent,
        valid_days=row.valid_days,
        own=True,
    )


def modules() -> dict[str, Module]:
    """Every module there is, by name: the shipped ones, then the company's own."""
    return shipped() | {row.name: module_of(row) for row in _own_modules()}


@prepared
def _own_modules() -> QuerySet[OwnModule]:
    return OwnModule.objects.filter(active=True).order_by("title")


def asked_of_speakers() -> Asked:
    """What is asked of whoever speaks, as it was decided last."""
    return _asked(rules_in_force(), newest_policy())


def _asked(rules: SpeakingRules | None, policy: SocialPolicy | None) -> Asked:
    titles: dict[str, str] = {}
    if rules is not None and rules.trained_from is not None:
        wanted = set(rules.modules)
        known = shipped() if wanted <= set(shipped()) else modules()
        titles = {name: module.title for name, module in known.items() if name in wanted}
    return Asked(
        policy=policy.number if policy else 0,
        policy_from=policy.asked_from if policy else None,
        training=titles,
        trained_from=rules.trained_from if rules else None,
    )


def speakers(people: Collection[Responder], asked: Asked, *, now: datetime) -> list[Speaker]:
    """These people as the rules of speaking see them, in their order, by two queries at most."""
    read: dict[int, int] = {}
    if asked.policy:
        newest = Acknowledgement.objects.filter(person__in=people).order_by()
        read = dict(newest.values_list("person").annotate(Max("policy__number")))
    trained = trainings(people, asked.training, now=now) if asked.training else {}
    return [
        Speaker(
            role=Role(one.role),
            active=one.is_active,
            acknowledged=read.get(one.pk, 0),
            training=trained.get(one.pk, {}),
        )
        for one in people
    ]


def trainings(
    people: Collection[Responder], names: Iterable[str], *, now: datetime
) -> dict[int, dict[str, Trained]]:
    """Where people stand with these modules, by person and name; who never tried is left out."""
    tries: dict[tuple[int, str], list[Tried]] = defaultdict(list)
    rows = TrainingAttempt.objects.filter(person__in=people, module__in=list(names)).order_by("pk")
    for person, module, at, until in rows.values_list("person", "module", "at", "expires_at"):
        tries[person, module].append(Tried(at, until))
    found: dict[int, dict[str, Trained]] = defaultdict(dict)
    for (person, module), done in tries.items():
        found[person][module] = standing_of(done, now=now)
    return dict(found)


def check_may_speak(person: Responder, *, now: datetime, text: str | None = None) -> None:
    """Raise ``NotAllowed`` unless this person may publish now (R50, R51): every door asks here.

    ``text`` is what is to go out, where it may have to be signed (R27).
    """
    rules = rules_in_force()
    asked = _asked(rules, newest_policy())
    check_speaker(speakers([person], asked, now=now)[0], asked, now=now, wrote=text is not None)
    if text is not None and rules is not None and rules.must_sign:
        check_signed(text, person.name)


def signed_where_asked(text: str, person: Responder) -> str:
    """The text, with this person's signature where every reply is signed (R27): for what goes out by
    a form that has no box to sign it."""
    rules = rules_in_force()
    return sign(text, person.signature) if rules is not None and rules.must_sign else text


def why_silent(person: Responder, *, now: datetime) -> str:
    """What keeps this person from speaking, as a clause; "" where nothing does."""
    return listed(standing_for(person, now=now).lacks)


@dataclass(frozen=True, slots=True)
class Reminder:
    """What a person should do soon so as to go on speaking. ``until`` is when it is too late."""

    what: str  # "policy" or a module's name
    title: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands: what keeps them from speaking, and what will before long."""

    asked: Asked
    lacks: list[str]
    reminders: list[Reminder]
    policy: SocialPolicy | None
    acknowledged: bool
    must_sign: bool = False


def standing_for(person: Responder, *, now: datetime, there: Parts = ALL) -> Standing:
    """Where this person stands now, by four queries at most and two where nothing is asked."""
    rules = rules_in_force() if Part.SPEAKING_RULES in there else None
    policy = newest_policy() if Part.POLICIES in there else None
    asked = _asked(rules, policy)
    speaker = speakers([person], asked, now=now)[0]
    return Standing(
        asked=asked,
        lacks=lacks(speaker, asked, now=now),
        reminders=_reminders(speaker, asked, now=now) if may(speaker.role, Action.REPLY) else [],
        policy=policy,
        acknowledged=policy is None or speaker.acknowledged >= policy.number,
        must_sign=rules is not None and rules.must_sign,
    )


def _reminders(speaker: Speaker, asked: Asked, *, now: datetime) -> list[Reminder]:
    """What is asked of a speaker from a later time on, or runs out soon."""
    found = []
    later, trains_later = asked.policy_from, asked.trained_from
    if later is not None and later > now and speaker.acknowledged < asked.policy:
        found.append(Reminder("policy", f"version {asked.policy}", later))
    for name, title in asked.training.items():
        trained = speaker.training.get(name, NEVER)
        if trained.state is State.ENDING and trained.until is not None:
            found.append(Reminder(name, title, trained.until))
        elif trains_later is not None and trains_later > now and not trained.state.counts:
            found.append(Reminder(name, title, trains_later))
    return sorted(found, key=lambda one: one.until)


@dataclass(frozen=True, slots=True)
class SpeakerRow:
    """A colleague in the overview. ``lacks`` is empty where they may speak."""

    person: Responder
    lacks: list[str]
    acknowledged: Acknowledgement | None
    training: dict[str, Trained]


def overview_for(person: Responder, *, now: datetime) -> list[SpeakerRow]:
    """Everybody who is at the desk and whether they may speak. Raises ``NotAllowed``."""
    check_may(Role(person.role), Action.OVERSEE)
    people = list(Responder.objects.filter(is_active=True).order_by("name", "pk"))
    asked = asked_of_speakers()
    latest: dict[int, Acknowledgement] = {}
    for one in Acknowledgement.objects.select_related("policy").order_by("policy__number"):
        latest[one.person_id] = one
    trained = trainings(people, modules(), now=now)
    seen = speakers(people, asked, now=now)
    return [
        SpeakerRow(one, lacks(speaker, asked, now=now), latest.get(one.pk), trained.get(one.pk, {}))
        for one, speaker in zip(people, seen, strict=True)
    ]


def policies_for(person: Responder) -> list[SocialPolicy]:
    """Every version, the newest first, with who acknowledged it where this person may know."""
    rows = SocialPolicy.objects.select_related("by").order_by("-number")
    if may(Role(person.role), Action.OVERSEE):
        rows = rows.prefetch_related("acknowledgements__person")
    return list(rows)


def get_policy(number: int) -> SocialPolicy:
    """Raises ``NotThere``."""
    found = SocialPolicy.objects.select_related("by").filter(number=number).first()
    if found is None:
        raise NotThere("There is no such version of the policy.")
    return found


def get_module(name: str) -> Module:
    """Raises ``NotThere``."""
    found = modules().get(name)
    if found is None:
        raise NotThere("There is no such training; somebody may have removed it.")
    return found


def own_modules_for(person: Responder) -> list[OwnModule]:
    check_may(Role(person.role), Action.SET_UP)
    return list(OwnModule.objects.filter(active=True).order_by("title"))


def get_own_module_for(person: Responder, pk: int) -> OwnModule:
    """Raises ``NotThere`` and ``NotAllowed``."""
    check_may(Role(person.role), Action.SET_UP)
    found = OwnModule.objects.filter(pk=pk, active=True).first()
    if found is None:
        raise NotThere("There is no such training; somebody removed it.")
    return found


def attempts_of(person: Responder, name: str) -> list[TrainingAttempt]:
    """A person's own tries at a module, the newest first."""
    return list(TrainingAttempt.objects.filter(person=person, module=name).order_by("-pk")[:20])


def keepers() -> list[Responder]:
    """Who may look after an account: those who sign in and may speak for the company."""
    people = Responder.objects.filter(is_active=True).order_by("name", "pk")
    return [one for one in people if may(Role(one.role), Action.REPLY)]


def keeper_of(person: Responder | None) -> Keeper | None:
    if person is None:
        return None
    return Keeper(person.name, person.is_active and may(Role(person.role), Action.REPLY))


def gaps_of(channel: ChannelRow) -> list[str]:
    """What an account that is switched on lacks in people, each a sentence (R37)."""
    if not channel.enabled or channel.network == NETWORK:
        return []
    return keeper_gaps(keeper_of(channel.owner), keeper_of(channel.deputy))


def unkept() -> list[tuple[ChannelRow, list[str]]]:
    """The accounts without an owner or a deputy who can look after them, with what is missing."""
    rows = ChannelRow.objects.filter(enabled=True).select_related("owner", "deputy").defer("secret")
    rows = rows.exclude(network=NETWORK)  # our own pages for customers are no account
    found = [(row, gaps_of(row)) for row in rows.order_by("network", "handle")]
    return [(row, gaps) for row, gaps in found if gaps]


def left_behind(person: Responder) -> list[ChannelRow]:
    """The accounts that are this person's to look after, and which they can look after no more."""
    fresh = Responder.objects.get(pk=person.pk)
    keeper = keeper_of(fresh)
    if keeper is None or keeper.able:
        return []
    return [row for row, _ in unkept() if fresh.pk in (row.owner_id, row.deputy_id)]
