"""Handing a mail to the submission server, and knowing what came of it."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import NoReturn

import aiosmtplib

from amends.connectors.calling import SOON, Caller, Effect
from amends.connectors.mail.oauth import Account
from amends.connectors.mail.settings import Settings
from amends.outbound import Unreachable
from amends.terms import ConnectorError, TryLater

_SIGN_IN = frozenset({530, 534, 535, 538})


class Submission:
    """One account's way out by SMTP. Raises ``TryLater`` where nothing was taken, ``AuthError``,
    ``ConnectorError`` where it was refused, ``DeliveryUnknown`` where the last answer was lost."""

    def __init__(self, settings: Settings, account: Account, caller: Caller) -> None:
        self._settings = settings
        self._account = account
        self._caller = caller

    async def check(self) -> None:
        """Sign in, and send nothing."""
        await self._left(await self._opened())

    async def send(self, raw: bytes, *, to: str) -> None:
        """Hand over one mail for one address."""
        smtp = await self._opened()
        try:
            await self._envelope(smtp, raw, to)
            await self._content(smtp, raw)
        finally:
            await self._left(smtp)

    async def _envelope(self, smtp: aiosmtplib.SMTP, raw: bytes, to: str) -> None:
        options = (
            ["BODY=8BITMIME"] if smtp.supports_extension("8bitmime") and not raw.isascii() else []
        )
        if not (to + self._settings.address).isascii():
            if not smtp.supports_extension("smtputf8"):
                msg = f"The mail server cannot write to {to}: it takes plain ASCII addresses alone."
                raise ConnectorError(msg)
            options.append("SMTPUTF8")
        utf8 = "utf-8" if "SMTPUTF8" in options else "ascii"
        try:
            await smtp.mail(self._settings.address, options=options, encoding=utf8)
            await smtp.rcpt(to, encoding=utf8)
        except (aiosmtplib.SMTPException, OSError) as error:
            self._refused(error)

    async def _content(self, smtp: aiosmtplib.SMTP, raw: bytes) -> None:
        try:
            await smtp.data(raw)
        except aiosmtplib.SMTPDataError as error:
            self._refused(error)
        except (aiosmtplib.SMTPException, OSError) as error:
            raise self._caller.lost(Effect.ONCE, sent=True) from error

    async def _opened(self) -> aiosmtplib.SMTP:
        smtp = await self._connected()
        try:
            await smtp.ehlo()
            if self._settings.smtp.security == "starttls":
                await smtp.starttls(tls_context=self._caller.outbound.trust)
            await self._signed_in(smtp)
        except (aiosmtplib.SMTPException, OSError) as error:
            smtp.close()
            self._refused(error)
        except BaseException:
            smtp.close()
            raise
        return smtp

    async def _connected(self) -> aiosmtplib.SMTP:
        server, outbound = self._settings.smtp, self._caller.outbound
        try:
            sock = await outbound.dial(server.host, server.port)
        except Unreachable as error:
            raise TryLater(str(error), self._caller.clock.now() + SOON) from error
        domain = self._settings.domain
        smtp = aiosmtplib.SMTP(
            hostname=server.host,
            port=None,
            sock=sock,
            use_tls=server.security == "tls",
            start_tls=False,
            tls_context=outbound.trust if server.security == "tls" else None,
            local_hostname=domain if domain.isascii() else "localhost",
            timeout=outbound.timeout,
        )
        try:
            await smtp.connect()
        except (aiosmtplib.SMTPException, OSError) as error:
            sock.close()
            self._refused(error)
        return smtp

    async def _signed_in(self, smtp: aiosmtplib.SMTP) -> None:
        if not smtp.supports_extension("auth"):
            return  # a relay that lets the house send
        if not self._account.by_token:
            await smtp.login(self._account.user, self._account.password)
            return
        try:
            await smtp.auth_xoauth2(self._account.user, await self._account.token())
        except aiosmtplib.SMTPAuthenticationError:
            if not self._account.can_renew:
                raise
            await smtp.auth_xoauth2(self._account.user, await self._account.token(anew=True))

    async def _left(self, smtp: aiosmtplib.SMTP) -> None:
        """Say goodbye; whatever comes of that matters to nobody."""
        with suppress(aiosmtplib.SMTPException, OSError):
            async with asyncio.timeout(2.0):
                await smtp.quit()
        smtp.close()

    def _refused(self, error: Exception) -> NoReturn:
        """Nothing was taken: say whether to try again."""
        now, host = self._caller.clock.now(), self._settings.smtp.host
        if isinstance(error, aiosmtplib.SMTPNotSupported):
            msg = f"{host} does not do what is asked of it ({self._caller.shown(str(error))}); check encryption and port."
            raise ConnectorError(msg) from error
        code = error.code if isinstance(error, aiosmtplib.SMTPResponseException) else 0
        code = code or getattr(error, "code", 0)
        said = self._caller.shown(str(getattr(error, "message", error)))
        if code in _SIGN_IN or (
            isinstance(error, aiosmtplib.SMTPAuthenticationError) and code >= 500
        ):
            raise self._caller.signed_out(f"{code} {said}") from error
        if code == 421 or not 400 <= code < 600:
            raise TryLater(
                f"{host} could not be reached, or had a fault; it will be tried again.", now + SOON
            ) from error
        if code < 500:
            msg = f"{host} asks us to wait ({code} {said}); it will be tried again."
            raise TryLater(msg, now + timedelta(minutes=1)) from error
        msg = f"The mail server refused: {code} {said}"
        raise ConnectorError(msg) from error
