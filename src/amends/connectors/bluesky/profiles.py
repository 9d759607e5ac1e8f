"""Who is who: profiles, handles and DIDs."""

import msgspec

from amends.connectors.bluesky.api import Api
from amends.connectors.bluesky.errors import Refusal
from amends.connectors.bluesky.settings import Settings
from amends.connectors.bluesky.translate import read_author
from amends.outbound import Outbound
from amends.terms import Author, BadInput, ConnectorError

_KEPT = 2_000  # profiles held in memory for the names in private messages


class Profiles:
    """Profiles by DID or handle. Raises ``ConnectorError`` and its kin only."""

    def __init__(self, api: Api, outbound: Outbound, settings: Settings) -> None:
        self._api = api
        self._outbound = outbound
        self._plc = settings.plc.rstrip("/")
        self._known: dict[str, Author] = {}

    async def profile(self, name: str) -> Author:
        """A profile as it is now, with its count of followers."""
        params = {"actor": name.removeprefix("@")}
        try:
            view = await self._api.query("app.bsky.actor.getProfile", params)
            return read_author(view, followers=True)
        except Refusal:
            # The AppView may not have indexed a young account yet; its identity is known anyway.
            author = await self._registered(name) if name.startswith("did:plc:") else None
            if author is None:
                raise
            return author
        except BadInput as error:
            raise ConnectorError(str(error)) from error

    async def ours(self) -> Author:
        """The account that is signed in."""
        try:
            return await self.profile(self._api.did)
        except Refusal:
            return Author(id=self._api.did, handle=self._api.handle)

    async def resolve(self, handle: str) -> str | None:
        """The DID of a handle; None where there is no such account."""
        try:
            answer = await self._api.query(
                "com.atproto.identity.resolveHandle", {"handle": handle.removeprefix("@")}
            )
        except Refusal:
            return None
        did = answer.get("did")
        return did if isinstance(did, str) else None

    async def did(self, author: Author) -> str:
        """The DID of somebody to write to."""
        if author.id and author.id.startswith("did:"):
            return author.id
        did = await self.resolve(author.handle) if author.handle else None
        if did is None:
            msg = f"There is no account {author.handle or author.id!r} on Bluesky any more."
            raise ConnectorError(msg)
        return did

    async def authors(self, dids: set[str]) -> dict[str, Author]:
        """Names of accounts, remembered; a bare DID for what the AppView does not know."""
        missing = sorted(dids - set(self._known))
        for start in range(0, len(missing), 25):
            await self._load(missing[start : start + 25])
        return {did: self._known.get(did, Author(id=did)) for did in dids}

    async def _load(self, dids: list[str]) -> None:
        try:
            answer = await self._api.query("app.bsky.actor.getProfiles", {"actors": dids})
            views = answer.get("profiles")
            for view in views if isinstance(views, list) else []:
                author = read_author(view)
                self._known[str(author.id)] = author
        except (Refusal, BadInput):
            return
        while len(self._known) > _KEPT:
            self._known.pop(next(iter(self._known)))

    async def _registered(self, did: str) -> Author | None:
        """What the PLC directory says of an account; None where it does not know it."""
        answer = await self._outbound.request("GET", f"{self._plc}/{did}")
        try:
            document = msgspec.json.decode(answer.body) if answer.ok else None
        except msgspec.DecodeError:
            return None
        names = document.get("alsoKnownAs") if isinstance(document, dict) else None
        for name in names if isinstance(names, list) else []:
            if isinstance(name, str) and name.startswith("at://"):
                return Author(id=did, handle=name.removeprefix("at://"))
        return None
