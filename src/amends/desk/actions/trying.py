"""Trying a channel's connection, before or while it is listened to."""

import asyncio

from django.conf import settings
from django.db.models import F

from amends.casework import Action, Role, check_may
from amends.connectors.protocol import RenewsSecrets, Secrets
from amends.connectors.registry import make
from amends.desk.actions.secrets import keep_renewed, unseal
from amends.desk.models import ChannelRow, Responder
from amends.outbound import Outbound
from amends.terms import Author, Channel, Credentials, SystemClock

PATIENCE_S = 15.0


def try_channel(channel: ChannelRow, *, by: Responder) -> Author:
    """Sign in with what is stored, and say who we are there.

    Raises ``ConnectorError`` with what the network said, ``BadInput`` for settings or secrets that
    cannot be read.
    """
    check_may(Role(by.role), Action.SET_UP)
    told = Channel(
        network=channel.network,
        handle=channel.handle,
        account_id=channel.account_id or None,
        settings={str(name): str(value) for name, value in channel.settings.items()},
    )
    kept: list[Secrets] = []
    try:
        return asyncio.run(_signed_in(told, unseal(bytes(channel.secret)), kept))
    finally:
        for secrets in kept:
            keep_renewed(channel, secrets)
            # Whoever listens holds the secrets from before, which the network takes no more.
            ChannelRow.objects.filter(pk=channel.pk).update(version=F("version") + 1)


async def _signed_in(channel: Channel, secrets: dict[str, str], kept: list[Secrets]) -> Author:
    outbound = Outbound(allow=settings.AMENDS.allow_hosts, timeout=PATIENCE_S)
    connector = make(channel, Credentials(values=secrets), outbound, SystemClock())

    async def keep(renewed: Secrets) -> None:
        kept.append(renewed)

    if isinstance(connector, RenewsSecrets):
        connector.renewed = keep
    try:
        return await connector.check()
    finally:
        await connector.aclose()
        await outbound.aclose()
