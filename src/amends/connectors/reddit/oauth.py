"""Connecting an account: the authorisation-code flow, for a web application of Reddit's."""

from amends.connectors.calling import Caller, Effect
from amends.connectors.reddit.session import SCOPES, own_errors, reddit
from amends.connectors.reddit.settings import Settings
from amends.outbound import Outbound
from amends.terms import Clock, ConnectorError


class SignIn:
    """The flow of one application. Raises ``ConnectorError`` and its kin."""

    def __init__(
        self,
        outbound: Outbound,
        clock: Clock,
        *,
        client_id: str,
        client_secret: str,
        redirect_uri: str,
        reddit_url: str = "",
    ) -> None:
        self._caller = Caller("Reddit", outbound, clock)
        self._caller.hidden = [client_secret] if client_secret else []
        self._secrets = {"client_id": client_id, "client_secret": client_secret}
        settings = Settings(handle="")
        if reddit_url:
            settings = Settings(handle="", reddit_url=reddit_url, oauth_url=reddit_url)
        told = {**self._secrets, "redirect_uri": redirect_uri}
        self._reddit = reddit(settings, self._caller, **told)

    def __repr__(self) -> str:
        return f"SignIn({self._secrets['client_id']}: hidden)"

    def authorisation_url(self, *, state: str) -> str:
        """Where the person says yes. ``state`` comes back with the code."""
        return str(self._reddit.auth.url(scopes=list(SCOPES), state=state, duration="permanent"))

    async def exchange(self, code: str) -> dict[str, str]:
        """The secrets of the channel for a code, by the names the connector knows."""
        self._caller.hidden.append(code)
        async with own_errors(self._caller, Effect.SAFE):
            token = await self._reddit.auth.authorize(code)
        if not token:
            msg = "Reddit gave no token for this code; begin again."
            raise ConnectorError(msg)
        return {**self._secrets, "refresh_token": str(token)}
