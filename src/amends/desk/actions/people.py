"""Responders: invited by an administrator, let in by one-time links."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from amends.casework import Action, Role, check_may
from amends.casework.hours import zone_named
from amends.casework.signing import Signs
from amends.desk.models import ChannelRow, Responder, SignInLink
from amends.terms import BadInput, NotAllowed

LINK_LASTS = timedelta(hours=24)


def first_administrator(*, email: str) -> Responder | None:
    """The first administrator, where nobody is there yet; None where somebody is. The accounts that
    are connected already are theirs to look after."""
    with transaction.atomic():
        if Responder.objects.exists():
            return None
        person = Responder.objects.create_user(
            email, name="First Administrator", role=Role.ADMINISTRATOR
        )
        person.may_approve = True
        person.save(update_fields=["may_approve"])
        ChannelRow.objects.filter(owner=None).update(owner=person)
    return person


def invite_responder(
    *, email: str, name: str, role: Role, may_approve: bool, by: Responder
) -> Responder:
    """A new colleague. Raises ``BadInput`` for a bad or known address."""
    check_may(Role(by.role), Action.PEOPLE)
    email, name = email.strip().lower(), " ".join(name.split())
    try:
        validate_email(email)
    except ValidationError as error:
        raise BadInput(f"{email!r} is no e-mail address.") from error
    if not 0 < len(name) <= 120:
        raise BadInput("A name has 1 to 120 characters.")
    if Responder.objects.filter(email=email).exists():
        raise BadInput(f"{email} is here already.")
    person = Responder.objects.create_user(email, name=name, role=role)
    person.may_approve = may_approve
    person.save(update_fields=["may_approve"])
    return person


def change_role(
    person: Responder, *, role: Role, may_approve: bool, is_active: bool, by: Responder
) -> None:
    """Raises ``NotAllowed`` rather than leave the desk without an administrator."""
    check_may(Role(by.role), Action.PEOPLE)
    with transaction.atomic():
        others = Responder.objects.select_for_update().filter(
            role=Role.ADMINISTRATOR, is_active=True
        )
        stays = role is Role.ADMINISTRATOR and is_active
        if not stays and not others.exclude(pk=person.pk).exists():
            raise NotAllowed("The desk needs one administrator. Make somebody else one first.")
        Responder.objects.filter(pk=person.pk).update(
            role=role, may_approve=may_approve, is_active=is_active
        )


def rename_responder(person: Responder, *, name: str, signs: Signs | None = None) -> None:
    """The name a person signs with, and how (None: as before). Raises ``BadInput``."""
    name = " ".join(name.split())
    if not 0 < len(name) <= 120:
        raise BadInput("A name has 1 to 120 characters.")
    person.name, person.signs = name, signs or person.signs
    person.save(update_fields=["name", "signs"])


def set_zone(person: Responder, *, zone: str) -> None:
    """By whose clock a person writes times. Raises ``BadInput``."""
    zone = zone.strip() or "UTC"
    zone_named(zone)
    person.zone = zone
    person.save(update_fields=["zone"])


def make_sign_in_link(person: Responder, *, now: datetime, new_token: Callable[[], str]) -> str:
    """A one-time token; only its hash is kept. Older links of the person end."""
    token = new_token()
    with transaction.atomic():
        SignInLink.objects.filter(responder=person, used_at=None).delete()
        SignInLink.objects.create(
            responder=person, token_hash=_hash(token), expires_at=now + LINK_LASTS
        )
    return token


def use_sign_in_link(token: str, *, now: datetime) -> Responder:
    """The person a link lets in. Raises ``NotAllowed`` where it is used, expired or unknown."""
    used = SignInLink.objects.filter(
        token_hash=_hash(token), used_at=None, expires_at__gt=now, responder__is_active=True
    )
    with transaction.atomic():
        if not used.update(used_at=now):
            raise NotAllowed(
                "This link was used or has expired. Ask an administrator for a new one."
            )
        return SignInLink.objects.select_related("responder").get(token_hash=_hash(token)).responder


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def set_password(person: Responder, *, password: str) -> None:
    """Raises ``BadInput`` with what is wrong with the password."""
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise BadInput(" ".join(error.messages)) from error
    person.set_password(password)
    person.save(update_fields=["password"])
