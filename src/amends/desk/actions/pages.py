"""Set-up of private pages: how they greet, what they ask, how else one reaches us."""

from collections.abc import Sequence

from amends.casework import Action, Role, check_may
from amends.casework.contacts import mail_address, phone_number
from amends.casework.handoff import Field, check_fields, stored_fields
from amends.desk.models import Brand, HoursRow, IntakePage, Responder
from amends.terms import BadInput

LONGEST = 600


def save_page(
    brand: Brand,
    *,
    greeting: str,
    invitation: str,
    fields: Sequence[Field],
    phone: str,
    mail: str,
    hours: HoursRow | None,
    days: int,
    by: Responder | None,
) -> IntakePage:
    """Decide on the pages of a brand, those that are open already too. Raises ``BadInput``."""
    if by is not None:
        check_may(Role(by.role), Action.SET_UP)
    check_fields(fields)
    if not 1 <= days <= 90:
        raise BadInput("A link is open for 1 to 90 days.")
    for text in (greeting, invitation):
        if len(text) > LONGEST:
            raise BadInput(f"That is longer than {LONGEST} characters. Shorten it.")
    row, _ = IntakePage.objects.update_or_create(
        brand=brand,
        defaults={
            "greeting": greeting.strip(),
            "invitation": " ".join(invitation.split()),
            "fields": stored_fields(fields),
            "phone": phone_number(phone),
            "mail": mail_address(mail),
            "hours": hours,
            "days": days,
        },
    )
    return row
