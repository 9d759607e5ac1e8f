"""How a handle is written for people."""

from typing import Final

# Where authors go by an address, or by a name that anybody may take.
_PLAIN: Final = frozenset(
    {
        "mail",
        "feeds",
        "filedrop",
        "webhook",
        "googleplay",
        "googlebusiness",
        "appstore",
        "phone",
        "counter",
        "letter",
        "email",
    }
)


def written_handle(handle: str, network: str) -> str:
    """``@maud`` for the handle ``maud``; an address or a name stays as it is, and so does nothing.

    On Mastodon an account of another server holds an @ and is none the less a handle.
    """
    is_plain = network in _PLAIN or " " in handle or ("@" in handle and network != "mastodon")
    return handle if is_plain or not handle else f"@{handle}"
