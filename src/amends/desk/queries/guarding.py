"""The guard's policy in force, who may approve, and what another policy would have done."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from django.db.models import QuerySet
from msgspec.structs import replace

from amends.casework import Action, ReplyStatus, Role, check_may
from amends.connectors.registry import traits_of
from amends.desk.models import (
    Brand,
    Case,
    ChannelRow,
    GuardRules,
    IntakePage,
    OutgoingReply,
    PostRow,
    Responder,
)
from amends.desk.queries.prepared import prepared
from amends.guard import CaseFacts, Finding, Policy, Verdict, check, verdict_of

LATEST = 1_000
SHOWN = 10
_REMEMBERED = ("near_copy",)  # what was sent before it is not looked up again
_OWN = re.compile(
    r"[\w.+-]{1,64}@[\w.-]{1,100}\w|(?:[\w-]{1,60}\.){1,4}[^\W\d_]{2,20}|\+?\d[\d ()/-]{5,20}\d"
)


def policy_in_force(*, contacts: Iterable[str] = ()) -> Policy:
    """The newest version, with further addresses of our own; the guard's own where there is none."""
    rules = next(iter(_newest_rules()), None)
    if rules is None:
        return Policy(contacts=tuple(contacts))
    return Policy(
        levels=rules.levels,
        public_turns=rules.public_turns,
        similarity=rules.similarity,
        contacts=(*rules.contacts, *contacts),
    )


@prepared
def _newest_rules() -> QuerySet[GuardRules]:
    return GuardRules.objects.order_by("-pk")[:1]


GuardFault = Literal["ours", "third_party", "customer", "unclear"]


def fault_of(case: Case) -> GuardFault | None:
    """As the guard calls it. What nobody has determined is unclear: an apology of fault needs that
    it is ours (R38). What is ours and was owned in a reply need not be owned in each (R39)."""
    if not case.fault:
        return "unclear"
    found: GuardFault = case.fault  # type: ignore[assignment]
    return None if found == "ours" and _is_owned(case) else found


def _is_owned(case: Case) -> bool:
    """Whether a reply went out since it was determined: that one the guard held to owning it."""
    last = case.determinations.order_by("-pk").values_list("at", flat=True).first()
    sent = case.replies.filter(status=ReplyStatus.SENT)
    return last is not None and sent.filter(queued_at__gte=last).exists()


def rules_so_far(person: Responder) -> list[GuardRules]:
    """Every version, the newest first."""
    check_may(Role(person.role), Action.SET_UP)
    return list(GuardRules.objects.select_related("by").order_by("-pk")[:50])


@dataclass(frozen=True, slots=True)
class Trial:
    """What a policy would have made of the newest replies beside the one in force.

    ``verdicts`` counts by (old, new); ``codes`` what stands against replies by code, old and new;
    ``changed`` are replies of which the verdict changes, with both.
    """

    looked_at: int
    verdicts: dict[tuple[Verdict, Verdict], int]
    codes: list[tuple[str, int, int]]
    changed: list[tuple[OutgoingReply, Verdict, Verdict]]

    @property
    def differ(self) -> int:
        return sum(count for (old, new), count in self.verdicts.items() if old != new)


def try_policy(policy: Policy, *, person: Responder, latest: int = LATEST) -> Trial:
    """Check the newest replies under the policy in force and under this one; writes nothing."""
    check_may(Role(person.role), Action.SET_UP)
    now = policy_in_force()
    rows = OutgoingReply.objects.exclude(text="").order_by("-pk")
    rows = rows.select_related(
        "case__first_post__author", "case__brand", "channel", "to_post__author", "by"
    )
    verdicts: Counter[tuple[Verdict, Verdict]] = Counter()
    before, after = Counter[str](), Counter[str]()
    changed = []
    replies = list(rows[:latest])
    for reply, turns in _with_turns(replies):
        old, new = _checked(reply, turns, now, policy)
        pair = verdict_of(old), verdict_of(new)
        verdicts[pair] += 1
        before.update(_against(old))
        after.update(_against(new))
        if pair[0] != pair[1]:
            changed.append((reply, *pair))
    codes = [(code, before[code], after[code]) for code in sorted(before | after)]
    return Trial(len(replies), dict(verdicts), codes, changed[:SHOWN])


def _with_turns(replies: list[OutgoingReply]) -> Iterable[tuple[OutgoingReply, int]]:
    """Each with how many of these its case had in public before it, newest first as they came."""
    seen: Counter[int] = Counter()
    counted = []
    for reply in reversed(replies):
        counted.append((reply, seen[reply.case_id]))
        seen[reply.case_id] += not reply.private
    return reversed(counted)


def _checked(reply: OutgoingReply, turns: int, *policies: Policy) -> list[list[Finding]]:
    """What each of the policies says of a reply, with its brand's own addresses."""
    facts = case_facts(
        reply.case,
        channel=reply.channel,
        target=reply.to_post,
        private=reply.private,
        closes_out=reply.closes_out,
        public_turns=turns,
    )
    own = contacts_of(reply.case.brand)
    traits = traits_of(reply.channel.network)
    return [
        check(reply.text, facts, None, traits, replace(one, contacts=(*one.contacts, *own)))
        + [
            Finding(code=code, level=one.level(code), span=(start, end), reason="", suggestion="")
            for code, _, start, end in reply.findings
            if code in _REMEMBERED
        ]
        for one in policies
    ]


def case_facts(
    case: Case,
    *,
    channel: ChannelRow,
    target: PostRow,
    private: bool,
    closes_out: bool,
    public_turns: int,
) -> CaseFacts:
    """The facts of a case as the guard wants them, without those of who writes."""
    first = case.first_post.author
    return CaseFacts(
        mode="private" if private else "public",
        post=target.text,
        public_turns=public_turns,
        recipient=target.author.handle if target.author else None,
        complainant=first.handle if first else None,
        network=channel.network,
        account=channel.handle,
        fault=fault_of(case),
        closes_out=closes_out,
    )


def contacts_of(brand: Brand) -> tuple[str, ...]:
    """What is our own to show anywhere: what the contact route names, and the private page's
    telephone and e-mail address."""
    page: tuple[str, ...] = next(iter(_on_page(brand.pk)), ())
    return tuple(dict.fromkeys([*own_contacts(brand.contact_route), *filter(None, page)]))


@prepared
def _on_page(brand: int) -> QuerySet[IntakePage, tuple[str, str]]:
    return IntakePage.objects.filter(brand=brand).order_by("pk").values_list("phone", "mail")[:1]


def own_contacts(route: str) -> tuple[str, ...]:
    """Addresses, domains and telephone numbers that a brand's contact route names."""
    return tuple(dict.fromkeys(_OWN.findall(route)))


def _against(findings: Iterable[Finding]) -> set[str]:
    return {one.code for one in findings if one.level != "note"}
