"""Signing in: by a password, or by an access token that is renewed (XOAUTH2)."""

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlencode

from amends.connectors.calling import Caller, Refusal
from amends.connectors.fields import mapping_of, text_of
from amends.connectors.mail.imap import Imap
from amends.connectors.mail.settings import Settings
from amends.terms import ConnectorError, Credentials

Keep = Callable[[Mapping[str, str]], Awaitable[None]]


class Account:
    """Who signs in, to both servers. Secrets: ``password``, or ``access_token`` with, to renew it,
    ``refresh_token``, ``client_id`` and ``client_secret``."""

    def __init__(self, settings: Settings, credentials: Credentials, caller: Caller) -> None:
        self._settings = settings
        self._secrets = dict(credentials.values)
        self._caller = caller
        self.renewed: Keep | None = None
        self._hide()

    @property
    def by_token(self) -> bool:
        return bool(self._secrets.get("access_token") or self._secrets.get("refresh_token"))

    @property
    def user(self) -> str:
        return self._settings.signs_in_as

    @property
    def password(self) -> str:
        """Raises ``AuthError`` where there is none."""
        found = self._secrets.get("password", "")
        if not found:
            raise self._caller.signed_out("there is no password")
        return found

    async def token(self, *, anew: bool = False) -> str:
        """The access token; ``anew`` where the one there is was refused."""
        if anew or not self._secrets.get("access_token"):
            await self._renew()
        return self._secrets["access_token"]

    async def sign_in(self, imap: Imap) -> None:
        if not self.by_token:
            plain = "\0".join(("", self.user, self.password))
            if "AUTH=PLAIN" in imap.able and ("LOGINDISABLED" in imap.able or not plain.isascii()):
                await imap.authenticate("PLAIN", plain.encode())
            else:
                await imap.login(self.user, self.password)
            return
        await imap.authenticate("XOAUTH2", xoauth2(self.user, await self.token()))

    @property
    def can_renew(self) -> bool:
        return bool(self._secrets.get("refresh_token") and self._settings.token_url)

    async def _renew(self) -> None:
        if not self.can_renew:
            raise self._caller.signed_out("there is no token to renew the sign-in with")
        told = {
            "grant_type": "refresh_token",
            "refresh_token": self._secrets["refresh_token"],
            "client_id": self._secrets.get("client_id", ""),
        }
        if secret := self._secrets.get("client_secret"):
            told["client_secret"] = secret
        try:
            answer = await self._caller.call(
                "POST",
                self._settings.token_url,
                headers={"Content-Type": "application/x-www-form-urlencoded"},
                content=urlencode(told).encode(),
            )
        except Refusal as refusal:
            raise self._caller.signed_out(refusal.reason) from refusal
        await self._take(mapping_of(answer.value))

    async def _take(self, fields: Mapping[str, object]) -> None:
        token = text_of(fields.get("access_token"))
        if token is None:
            msg = "The sign-in service gave no token; connect the channel again."
            raise ConnectorError(msg)
        self._secrets["access_token"] = token
        self._secrets["refresh_token"] = (
            text_of(fields.get("refresh_token")) or self._secrets["refresh_token"]
        )
        self._hide()
        if self.renewed is not None:
            await self.renewed(dict(self._secrets))

    def _hide(self) -> None:
        self._caller.hidden = [value for value in self._secrets.values() if len(value) > 3]


def xoauth2(user: str, token: str) -> bytes:
    """What is sent to sign in with a token."""
    return f"user={user}\x01auth=Bearer {token}\x01\x01".encode()
