"""What X asks for when an account of it is connected, in the words of its developer console."""

from django import forms

from amends.connectors.x.settings import STREAMS
from amends.web.views.setup_networks import (
    WEB_ADDRESS,
    ChannelForm,
    address,
    kept_secrets,
    number,
    secret,
)

_OAUTH_1 = ("consumer_key", "consumer_secret", "oauth_token", "oauth_token_secret")
_OAUTH_2 = ("client_id", "client_secret", "access_token", "refresh_token")


class XForm(ChannelForm):
    advanced_hint = "Streams, the budget, OAuth 2.0, addresses and pace."
    plain = ("budget",)
    advanced = (
        "stream", "rules", "query_length", "prices", "poll_seconds", "begin_hours",
        "backfill_minutes", "limit", "api", "streaming", "upload",
    )  # fmt: skip
    secret_names = (*_OAUTH_1, "bearer_token", *_OAUTH_2)
    needs_secrets = False

    consumer_key = secret("API Key", "In the developer console under Keys and tokens.")
    consumer_secret = secret("API Key Secret", "Beside it. It is the secret of webhooks too.")
    oauth_token = secret(
        "Access Token",
        "Generate it there after setting User authentication to “Read and write and Direct message”.",
    )
    oauth_token_secret = secret("Access Token Secret", "Beside it.")
    bearer_token = secret("Bearer Token", "There too; streams need it.")
    client_id = secret("OAuth 2.0 Client ID", "Instead of the first four, with the three below.")
    client_secret = secret("OAuth 2.0 Client Secret", "Of a confidential client only.")
    access_token = secret("OAuth 2.0 access token", "Of the account.")
    refresh_token = secret("OAuth 2.0 refresh token", "With it the token is renewed by itself.")
    budget = number(
        "Budget in US dollars a month", "none", least=0, most=1_000_000,
        help_text="Reading stops at 80 % of it, replying when it is used up.",
    )  # fmt: skip
    stream = forms.ChoiceField(
        required=False,
        label="Stream",
        help_text="The filtered stream brings what watches look for, the activity stream what"
        " happens to the account.",
        choices=[
            ("", "None: mentions, messages and search"),
            *((name, name.capitalize()) for name in STREAMS),
            (",".join(STREAMS), "Both"),
        ],
    )
    rules = number("Rules of your plan", "1000", least=1, most=1_000_000, whole=True)
    query_length = number("Characters of a search", "512", least=64, most=4096, whole=True)
    prices = forms.CharField(
        required=False,
        max_length=500,
        label="Prices",
        help_text="Where yours differ: post_read=0.005, post=0.015",
    )
    poll_seconds = number("Seconds between polls", "30", least=1, most=86_400)
    begin_hours = number("Hours to look back at first", "1", least=0.1, most=167)
    backfill_minutes = number("Minutes of backfill", "0", least=0, most=5, whole=True)
    limit = number("Characters of a reply", "280", least=1, most=25_000, whole=True)
    api = address("API", "", "https://api.x.com", WEB_ADDRESS)
    streaming = address("Host of streams", "", "that of the API", WEB_ADDRESS)
    upload = address("Host of media", "", "that of the API", WEB_ADDRESS)

    def plain_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("handle", *_OAUTH_1, "bearer_token", *self.plain)]

    def advanced_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in (*self.advanced, *_OAUTH_2)]

    def clean(self) -> dict[str, object]:
        cleaned = super().clean()
        known = kept_secrets(self.channel, self.secrets()) if self.channel else self.secrets()
        by_1 = all(known.get(name) for name in _OAUTH_1)
        if not by_1 and not known.get("access_token"):
            missing = next((name for name in _OAUTH_1 if not known.get(name)), _OAUTH_1[0])
            self.add_error(missing, f"{self.fields[missing].label} is needed to sign in.")
        return cleaned

    def secrets(self) -> dict[str, str]:
        return kept_secrets(self.channel, super().secrets())
