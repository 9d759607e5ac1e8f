"""What channels keep secret, encrypted at rest with the key in the home folder."""

import base64
import hashlib
import json
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from amends.desk.models import ChannelRow
from amends.terms import BadInput


def _vault() -> Fernet:
    key = hashlib.sha256(settings.AMENDS_VAULT_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def seal(secrets: Mapping[str, str]) -> bytes:
    return _vault().encrypt(json.dumps(dict(secrets)).encode())


def unseal(sealed: bytes) -> dict[str, str]:
    """Raises ``BadInput`` where the key in the home folder is not the one that sealed it."""
    if not sealed:
        return {}
    try:
        values = json.loads(_vault().decrypt(bytes(sealed)))
    except InvalidToken as error:
        raise BadInput(
            "The channel's secrets cannot be read: vault.key in the home folder is not the one they"
            " were sealed with. Put the old file back, or connect the channel again."
        ) from error
    return {str(key): str(value) for key, value in values.items()}


def keep_renewed(channel: ChannelRow, secrets: Mapping[str, str]) -> None:
    """Store what a network gave in place of a channel's secrets; its listener goes on.

    Nothing is stored where somebody connected the channel again meanwhile.
    """
    same = ChannelRow.objects.filter(pk=channel.pk, version=channel.version)
    same.update(secret=seal(secrets))
