"""What networks are called, for people."""

from typing import Final

_NAMES: Final = {
    "app_store": "App Store",
    "appstore": "App Store",
    "counter": "Face to face",
    "email": "E-mail",
    "filedrop": "File drop",
    "google_play": "Google Play",
    "googlebusiness": "Google Business Profile",
    "googleplay": "Google Play",
    "handoff": "Private page",
    "linkedin": "LinkedIn",
    "mail": "E-mail",
    "phone": "Telephone",
    "rss": "RSS",
    "tiktok": "TikTok",
    "x": "X",
    "youtube": "YouTube",
}


def network_name(network: str) -> str:
    """``Google Play`` for ``googleplay``. One that we do not know, as files and webhooks may bring
    them, is written as it is, with a capital and blanks: ``Some board`` for ``some_board``."""
    plain = network.replace("_", " ").strip()
    return _NAMES.get(network) or plain[:1].upper() + plain[1:]
