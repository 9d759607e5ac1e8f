"""Connecting an account: the authorisation-code flow of Mastodon, with PKCE where a server has it.

A server is told of the desk once (``register``), the person says yes in a browser
(``authorisation_url``), and the code that comes back is exchanged for a token (``exchange``).
"""

from urllib.parse import urlencode

import msgspec

from amends.connectors.calling import Answer, Caller
from amends.connectors.fields import mapping_of, text_of
from amends.connectors.mastodon.settings import check_address
from amends.connectors.pkce import challenge
from amends.outbound import Outbound
from amends.terms import Clock, ConnectorError

SCOPES = (
    "read:accounts", "read:lists", "read:notifications", "read:statuses", "write:media",
    "write:statuses",
)  # fmt: skip
OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
"""Instead of an address to come back to: the server shows the code to be typed over."""


class App(msgspec.Struct, frozen=True, kw_only=True):
    """The desk as a server knows it. Secret but for ``client_id``."""

    server: str
    client_id: str
    client_secret: str
    redirect_uri: str

    def __repr__(self) -> str:
        return f"App({self.server}, {self.client_id}: hidden)"


class SignIn:
    """The flow at one server, given as ``https://host``. Raises ``BadInput`` for another address,
    ``ConnectorError`` and its kin for what the server refuses."""

    def __init__(self, server: str, outbound: Outbound, clock: Clock) -> None:
        check_address("server", server, ("http", "https"))
        self._server = server.rstrip("/")
        self._caller = Caller("Mastodon", outbound, clock)

    async def register(
        self, *, name: str = "Amends", redirect_uri: str = OUT_OF_BAND, website: str = ""
    ) -> App:
        """Tell the server of the desk."""
        told = {"client_name": name, "redirect_uris": redirect_uri, "scopes": " ".join(SCOPES)}
        if website:
            told["website"] = website
        answer = await self._caller.call("POST", f"{self._server}/api/v1/apps", json=told)
        fields = mapping_of(answer.value)
        client_id, secret = text_of(fields.get("client_id")), text_of(fields.get("client_secret"))
        if client_id is None or secret is None:
            msg = "The server did not register the desk; check its address."
            raise ConnectorError(msg)
        return App(
            server=self._server,
            client_id=client_id,
            client_secret=secret,
            redirect_uri=redirect_uri,
        )

    def authorisation_url(self, app: App, *, state: str, verifier: str) -> str:
        """Where the person says yes. ``state`` comes back with the code; ``verifier`` is 43 to 128
        characters by chance that ``exchange`` is given again."""
        query = {
            "response_type": "code",
            "client_id": app.client_id,
            "redirect_uri": app.redirect_uri,
            "scope": " ".join(SCOPES),
            "state": state,
            "code_challenge": challenge(verifier),
            "code_challenge_method": "S256",
        }
        return f"{self._server}/oauth/authorize?{urlencode(query)}"

    async def exchange(self, app: App, code: str, *, verifier: str) -> dict[str, str]:
        """The secrets of the channel for a code, by the names the connector knows."""
        self._caller.hidden = [app.client_secret, code, verifier]
        told = {
            "grant_type": "authorization_code",
            "code": code.strip(),
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "redirect_uri": app.redirect_uri,
            "code_verifier": verifier,
            "scope": " ".join(SCOPES),
        }
        fields = mapping_of((await self._form("/oauth/token", told)).value)
        token = text_of(fields.get("access_token"))
        if token is None:
            msg = "The server gave no token for this code; begin again."
            raise ConnectorError(msg)
        secrets = {"access_token": token, "client_id": app.client_id}
        return secrets | {"client_secret": app.client_secret}

    async def revoke(self, secrets: dict[str, str]) -> None:
        """Give a token back; one that is no longer known is no error."""
        told = {
            "client_id": secrets.get("client_id", ""),
            "client_secret": secrets.get("client_secret", ""),
            "token": secrets.get("access_token", ""),
        }
        self._caller.hidden = [value for value in told.values() if value]
        await self._form("/oauth/revoke", told)

    async def _form(self, path: str, told: dict[str, str]) -> Answer:
        return await self._caller.call(
            "POST",
            f"{self._server}{path}",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            content=urlencode(told).encode(),
        )
