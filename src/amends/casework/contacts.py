"""Ways to reach us, or a customer, beside a network: a telephone number, an e-mail address."""

import re
from typing import Final

from amends.terms import BadInput

_MAIL: Final = re.compile(r"[^\s@<>\",;:]{1,64}@(?:[\w-]{1,63}\.){1,6}[^\W\d_]{2,24}")


def phone_number(text: str, country: str = "") -> str:
    """A number as one dials it from abroad, such as ``+49 30 901820``; "" stays "".

    ``country`` (ISO 3166) is where a number without one is meant. Raises ``BadInput``.
    """
    if not text.strip():
        return ""
    import phonenumbers  # late: its tables take as long to load as all else here

    try:
        found = phonenumbers.parse(text.strip()[:60], country.upper() or None)
    except phonenumbers.NumberParseException as error:
        raise BadInput(
            f"“{text.strip()[:40]}” is no telephone number. Write it with its country, as +49 30 901820."
        ) from error
    if not phonenumbers.is_valid_number(found):
        raise BadInput(
            f"There is no telephone number {text.strip()[:40]}. Look at its digits again."
        )
    return str(phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def mail_address(text: str) -> str:
    """The address; "" stays "". Raises ``BadInput``."""
    text = text.strip()
    if text and (len(text) > 254 or not _MAIL.fullmatch(text)):
        raise BadInput(f"“{text[:60]}” is no e-mail address. Write one as care@example.com.")
    return text
