"""Mails as customers and their machines write them; made up."""

from datetime import datetime
from email.utils import format_datetime

MAUD = "maud@far.example"


def letter(
    text: str,
    *,
    at: datetime,
    message_id: str,
    sender: str = f"Maud Alder <{MAUD}>",
    to: str = "care@brindlewing.example",
    subject: str = "My suitcase",
    **more: str,
) -> bytes:
    """A mail's bytes. Further headers by name, with ``_`` for ``-``."""
    headers = {
        "From": sender, "To": to, "Subject": subject, "Message-ID": f"<{message_id}>",
        "Date": format_datetime(at), "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8", "Content-Transfer-Encoding": "8bit",
    }  # fmt: skip
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)
    return f"{head}\r\n{text}\r\n".encode()
