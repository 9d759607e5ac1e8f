"""Connecting an account: OAuth 2.0 with PKCE. The application is made in X's developer console."""

from urllib.parse import urlencode

from amends.connectors.calling import Caller, Refusal
from amends.connectors.fields import mapping_of
from amends.connectors.pkce import challenge
from amends.connectors.x.signing import basic, tokens_of
from amends.outbound import Outbound
from amends.terms import Clock

SCOPES = (
    "tweet.read", "tweet.write", "users.read", "dm.read", "dm.write", "media.write",
    "offline.access",
)  # fmt: skip


class SignIn:
    """The flow of one application. ``client_secret`` is empty for a public client.

    ``api`` and ``web`` are addresses without a path. Raises ``ConnectorError`` and its kin.
    """

    def __init__(
        self,
        outbound: Outbound,
        clock: Clock,
        *,
        client_id: str,
        client_secret: str,
        redirect_uri: str,
        api: str = "https://api.x.com",
        web: str = "https://x.com",
    ) -> None:
        self._caller = Caller("X", outbound, clock)
        self._client_id = client_id
        self._client_secret = client_secret
        self._redirect_uri = redirect_uri
        self._api = api.rstrip("/")
        self._web = web.rstrip("/")

    def __repr__(self) -> str:
        return f"SignIn({self._api}, {self._client_id}: hidden)"

    def authorisation_url(self, *, state: str, verifier: str) -> str:
        """Where the person says yes. ``state`` comes back with the code; ``verifier`` is 43 to 128
        characters by chance that ``exchange`` is given again."""
        query = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._redirect_uri,
            "scope": " ".join(SCOPES),
            "state": state,
            "code_challenge": challenge(verifier),
            "code_challenge_method": "S256",
        }
        return f"{self._web}/i/oauth2/authorize?{urlencode(query)}"

    async def exchange(self, code: str, *, verifier: str) -> dict[str, str]:
        """The secrets of the channel for a code, by the names the connector knows."""
        told = {
            "grant_type": "authorization_code",
            "code": code.strip(),
            "redirect_uri": self._redirect_uri,
            "code_verifier": verifier,
            "client_id": self._client_id,
        }
        self._caller.hidden = [self._client_secret, code, verifier]
        answer = await self._form("/2/oauth2/token", told)
        found = tokens_of(mapping_of(answer), self._caller) | {"client_id": self._client_id}
        return found | ({"client_secret": self._client_secret} if self._client_secret else {})

    async def revoke(self, secrets: dict[str, str]) -> None:
        """Give the tokens back; one that is no longer known is no error."""
        for name in ("refresh_token", "access_token"):
            token = secrets.get(name, "")
            if token:
                self._caller.hidden = [token, self._client_secret]
                told = {"token": token, "token_type_hint": name, "client_id": self._client_id}
                try:
                    await self._form("/2/oauth2/revoke", told)
                except Refusal as refusal:
                    if refusal.status != 400:
                        raise

    async def _form(self, path: str, told: dict[str, str]) -> object:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        headers |= basic(self._client_id, self._client_secret)
        answer = await self._caller.call(
            "POST", f"{self._api}{path}", headers=headers, content=urlencode(told).encode()
        )
        return answer.value
