"""A channel's settings; ``README.md`` explains each."""

import re
from typing import Literal

import msgspec

from amends.terms import BadInput, Channel

Security = Literal["tls", "starttls", "none"]

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9a-fA-F:.]+\]")
_ADDRESS = re.compile(r"[^\s<>()\[\]\",:;\\@\x00-\x20\x7f]{1,64}@[^\s<>()\[\]\",:;\\@]{1,190}")
_PORTS = {"imap": {"tls": 993, "starttls": 143, "none": 143},
          "smtp": {"tls": 465, "starttls": 587, "none": 25}}  # fmt: skip
_GOOGLE = {"imap_host": "imap.gmail.com", "smtp_host": "smtp.gmail.com", "copies": "server",
           "token_url": "https://oauth2.googleapis.com/token"}  # fmt: skip
_MICROSOFT = {
    "imap_host": "outlook.office365.com", "smtp_host": "smtp.office365.com", "copies": "server",
    "smtp_security": "starttls",
    "token_url": "https://login.microsoftonline.com/common/oauth2/v2.0/token",
}  # fmt: skip
PROVIDERS: dict[str, dict[str, str]] = {
    "gmail": _GOOGLE,
    "microsoft365": _MICROSOFT,
    "fastmail": {"imap_host": "imap.fastmail.com", "smtp_host": "smtp.fastmail.com"},
    "icloud": {"imap_host": "imap.mail.me.com", "smtp_host": "smtp.mail.me.com",
               "smtp_security": "starttls"},
    "yahoo": {"imap_host": "imap.mail.yahoo.com", "smtp_host": "smtp.mail.yahoo.com",
              "copies": "server"},
}  # fmt: skip
"""What is known of large providers; each of it can be set otherwise."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """``copies``: who keeps a copy of what is sent, the desk or the server by itself."""

    address: str
    provider: str = ""
    name: str = ""
    user: str = ""
    imap_host: str = ""
    imap_port: int = 0
    imap_security: Security = "tls"
    smtp_host: str = ""
    smtp_port: int = 0
    smtp_security: Security = "tls"
    folder: str = "INBOX"
    sent_folder: str = ""
    copies: Literal["desk", "server"] = "desk"
    reply_address: str = ""
    reply_days: int = 365
    token_url: str = ""
    stream: str = ""
    poll_seconds: float = 30.0
    begin_hours: float = 24.0
    largest_kb: int = 5_000
    most_a_day: int = 1_000
    most_a_day_each: int = 20

    @property
    def signs_in_as(self) -> str:
        return self.user or self.address

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]

    @property
    def imap(self) -> "Server":
        port = self.imap_port or _PORTS["imap"][self.imap_security]
        return Server(host=self.imap_host, port=port, security=self.imap_security)

    @property
    def smtp(self) -> "Server":
        port = self.smtp_port or _PORTS["smtp"][self.smtp_security]
        return Server(host=self.smtp_host, port=port, security=self.smtp_security)

    def reply_to(self, token: str) -> str:
        """Where the answer to a reply comes, with what proves whose it is."""
        local, _, domain = self.address.rpartition("@")
        return (self.reply_address or f"{local}+{{token}}@{domain}").replace("{token}", token)


class Server(msgspec.Struct, frozen=True, kw_only=True):
    host: str
    port: int
    security: Security


def read_settings(channel: Channel) -> Settings:
    """The settings of a channel. Raises ``BadInput`` that names the one to mend."""
    given = {name: value.strip() for name, value in channel.settings.items() if value.strip()}
    unknown = sorted(set(given) - set(Settings.__struct_fields__))
    if unknown:
        known = ", ".join(Settings.__struct_fields__)
        raise BadInput(f"E-mail has no setting {unknown[0]!r}; it has {known}.")
    provider = given.get("provider", "")
    if provider and provider not in PROVIDERS:
        raise BadInput(f"provider is {provider!r}; write {', '.join(PROVIDERS)} or leave it out.")
    given = PROVIDERS.get(provider, {}) | {"address": channel.handle.strip()} | given
    try:
        settings = msgspec.convert(given, Settings, strict=False)
    except msgspec.ValidationError as error:
        name = str(error).rpartition("$.")[2].rstrip("`")
        raise BadInput(
            f"{name} is {given.get(name, '')!r}, which it cannot be; see the README."
        ) from error
    _check(settings)
    return settings


def is_address(text: str) -> bool:
    """Whether a text is one plain mail address."""
    return bool(_ADDRESS.fullmatch(text)) and text.isprintable()


def _check(settings: Settings) -> None:
    if not is_address(settings.address):
        raise BadInput(f"{settings.address!r} is no mail address; write it like care@example.com.")
    for name in ("imap_host", "smtp_host"):
        host = getattr(settings, name)
        if not _HOST.fullmatch(host):
            raise BadInput(f"{name} is {host!r}; write a host such as imap.example.com.")
    check_reply_address(settings.reply_address)
    if settings.stream not in ("", "idle"):
        raise BadInput(f"stream is {settings.stream!r}; write idle or leave it out.")
    for name in ("imap_port", "smtp_port"):
        if not 0 <= getattr(settings, name) < 65_536:
            raise BadInput(f"{name} is {getattr(settings, name)}; write a port such as 993.")
    least = {"poll_seconds": 0.1, "begin_hours": 0.01, "reply_days": 1, "largest_kb": 10}
    least |= {"most_a_day": 1, "most_a_day_each": 1}
    most = {
        "poll_seconds": 86_400,
        "begin_hours": 87_600,
        "reply_days": 36_500,
        "largest_kb": 50_000,
        "most_a_day": 1_000_000,
        "most_a_day_each": 10_000,
    }
    for name, smallest in least.items():
        if not smallest <= getattr(settings, name) <= most[name]:
            raise BadInput(
                f"{name} is {getattr(settings, name):g}; write {smallest:g} to {most[name]:,}."
            )


def check_reply_address(template: str) -> None:
    """Raise ``BadInput`` for what is no address with ``{token}`` in it, or none that is legal."""
    if template and (
        template.count("{token}") != 1 or not is_address(template.replace("{token}", "x" * 37))
    ):
        raise BadInput(
            f"reply_address is {template!r}; write it like care+{{token}}@example.com, at most 27"
            " letters beside {token} before the @."
        )
