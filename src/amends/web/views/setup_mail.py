"""What a mailbox asks for when it is connected, in the words of mail programs."""

import secrets as chance

from django import forms

from amends.connectors.mail.settings import check_reply_address, is_address
from amends.terms import BadInput
from amends.web.views.setup_networks import (
    WEB_ADDRESS,
    ChannelForm,
    address,
    kept_secrets,
    number,
    secret,
)

_SECURITY = [
    ("", "TLS"),
    ("starttls", "STARTTLS"),
    ("none", "None"),
]


def _line(label: str, help_text: str, placeholder: str = "") -> forms.CharField:
    return forms.CharField(
        required=False,
        max_length=300,
        label=label,
        help_text=help_text,
        widget=forms.TextInput(
            attrs={"placeholder": placeholder, "autocomplete": "off", "spellcheck": "false"}
        ),
    )


def _security(label: str) -> forms.ChoiceField:
    hint = "None only inside your own house: the password goes over the wire."
    return forms.ChoiceField(required=False, label=label, help_text=hint, choices=_SECURITY)


class MailForm(ChannelForm):
    advanced_hint = (
        "Ports, folders, reply addresses, sign-in by token. Empty fields take what is usual."
    )
    plain = ("provider", "name", "user", "imap_host", "smtp_host")
    advanced = (
        "imap_security", "imap_port", "smtp_security", "smtp_port", "stream", "folder", "sent_folder",
        "copies", "reply_address", "reply_days", "token_url", "poll_seconds", "begin_hours", "largest_kb", "most_a_day", "most_a_day_each",
    )  # fmt: skip
    secret_names = ("password", "access_token", "refresh_token", "client_id", "client_secret")
    needs_secrets = False

    provider = forms.ChoiceField(
        required=False,
        label="Provider",
        help_text="Fills in the servers below.",
        choices=[
            ("", "Another: I write the servers below"),
            ("gmail", "Gmail, Google Workspace"),
            ("microsoft365", "Microsoft 365, Outlook"),
            ("fastmail", "Fastmail"),
            ("icloud", "iCloud"),
            ("yahoo", "Yahoo"),
        ],
    )
    name = _line("Your name", "Customers see it beside the address.", "Brindlewing Care")
    user = _line("User name", "Where it is not the e-mail address.")
    imap_host = _line("Incoming mail server (IMAP)", "", "imap.example.com")
    smtp_host = _line("Outgoing mail server (SMTP)", "", "smtp.example.com")
    password = secret(
        "Password",
        "An app password where the provider has them. Gmail: Google Account, Security, 2-Step"
        " Verification, App passwords.",
    )
    imap_security = _security("Connection security, incoming")
    imap_port = number("Port, incoming", "993, or 143", least=1, most=65_535, whole=True)
    smtp_security = _security("Connection security, outgoing")
    smtp_port = number("Port, outgoing", "465, or 587", least=1, most=65_535, whole=True)
    stream = forms.ChoiceField(
        required=False,
        label="New mail",
        choices=[("idle", "Told at once (IDLE)"), ("", "Looked for")],
        initial="idle",
    )
    folder = _line("Folder that is read", "", "INBOX")
    sent_folder = _line("Folder of sent mail", "", "the one the server names")
    copies = forms.ChoiceField(
        required=False,
        label="Copies of what is sent",
        help_text="Gmail and Microsoft 365 keep one by themselves.",
        choices=[
            ("", "As is usual there"),
            ("desk", "The desk keeps them"),
            ("server", "The server keeps them"),
        ],
    )
    reply_address = _line(
        "Address for answers",
        "{token} is replaced by a signature. For servers that do not deliver plus addresses.",
        "care+{token}@example.com",
    )
    reply_days = number(
        "Days an address for answers holds", "365", least=1, most=36_500, whole=True
    )
    token_url = address(
        "Token address", "Where tokens are renewed (OAuth 2.0).", "the provider's", WEB_ADDRESS
    )
    access_token = secret("Access token", "Instead of a password (XOAUTH2).")
    refresh_token = secret("Refresh token", "Renews the access token.")
    client_id = secret("Client ID", "Of the application it was made for.")
    client_secret = secret("Client secret", "Beside it, where there is one.")
    poll_seconds = number("Seconds between looks", "30", least=1, most=86_400)
    begin_hours = number("Hours to look back at first", "24", least=0.1, most=8760)
    largest_kb = number(
        "Kilobytes of a mail that are read", "5000", least=10, most=50_000, whole=True
    )

    most_a_day = number("Mails a day, at most", "1000", least=1, most=1_000_000, whole=True)
    most_a_day_each = number("Mails a day to one address", "20", least=1, most=10_000, whole=True)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if self.channel is not None:  # what is empty in its settings was chosen so
            self.initial.setdefault("stream", "")
        self.fields["handle"].label = "E-mail address"
        self.fields["handle"].widget.attrs |= {
            "inputmode": "email",
            "placeholder": "care@example.com",
        }

    def plain_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("handle", *self.plain, "password")]

    def advanced_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in (*self.advanced, *self.secret_names[1:])]

    def clean_reply_address(self) -> str:
        given = str(self.cleaned_data["reply_address"])
        try:
            check_reply_address(given)
        except BadInput as error:
            raise forms.ValidationError(str(error)) from error
        return given

    def clean(self) -> dict[str, object]:
        cleaned = super().clean()
        if self.channel is None and not any(
            cleaned.get(name) for name in ("password", "access_token", "refresh_token")
        ):
            self.add_error("password", "Password is needed to sign in, or a token under Advanced.")
        return cleaned

    def clean_handle(self) -> str:
        given = str(self.cleaned_data["handle"]).strip()
        if not is_address(given):
            raise forms.ValidationError("Write an e-mail address, such as care@example.com.")
        return given

    def secrets(self) -> dict[str, str]:
        """What was typed, and a key of its own that signs the addresses for answers."""
        typed = super().secrets()
        if self.channel is None:
            return typed | {"reply_key": chance.token_urlsafe(32)}
        return kept_secrets(self.channel, typed)
