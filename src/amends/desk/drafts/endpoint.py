"""Any OpenAI-compatible endpoint, asked through the one way out."""

import ipaddress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import msgspec

from amends.desk.drafts.prompts import Messages
from amends.outbound import Outbound, OutboundError
from amends.terms import BadInput

MOST_BYTES: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Endpoint:
    """``address`` ends before ``/chat/completions``; ``key`` may be empty."""

    address: str
    model: str
    key: str = ""

    @property
    def local(self) -> bool:
        """Whether what is sent there stays in the house: a loopback or private address.

        A name is not looked up: whoever answers for it may change.
        """
        host = urlsplit(self.address).hostname or ""
        if host == "localhost":
            return True
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return False
        return address.is_loopback or address.is_private


class _Said(msgspec.Struct):
    content: str | None = None


class _Choice(msgspec.Struct):
    message: _Said


class _Answer(msgspec.Struct):
    choices: list[_Choice] = []


async def complete(outbound: Outbound, endpoint: Endpoint, messages: Messages) -> str:
    """What the model answers. Raises ``BadInput`` with what is wrong and what to do."""
    address = f"{endpoint.address.rstrip('/')}/chat/completions"
    headers = {"authorization": f"Bearer {endpoint.key}"} if endpoint.key else {}
    body = {"model": endpoint.model, "messages": messages, "temperature": 0.8}
    try:
        answer = await outbound.request(
            "POST", address, headers=headers, json=body, max_bytes=MOST_BYTES
        )
    except OutboundError as error:
        raise BadInput(f"The drafts' endpoint cannot be asked: {error}") from error
    if answer.status != 200:
        raise BadInput(_refusal(answer.status))
    try:
        choices = msgspec.json.decode(answer.body, type=_Answer).choices
    except msgspec.DecodeError as error:
        raise BadInput(
            "The drafts' endpoint does not speak the OpenAI API. Correct its address under Set-up."
        ) from error
    said = choices[0].message.content if choices else None
    if not said:
        raise BadInput("The model answered with nothing. Ask again, or write it yourself.")
    return said


def _refusal(status: int) -> str:
    if status in {401, 403}:
        return "The drafts' endpoint refuses the key. Put a valid one in under Set-up."
    if status == 404:
        return "The drafts' endpoint knows no such model or address. Correct it under Set-up."
    if status == 429:
        return "The drafts' endpoint is asked too often just now. Ask again in a minute."
    return f"The drafts' endpoint answered {status}. Ask again, or write it yourself."
