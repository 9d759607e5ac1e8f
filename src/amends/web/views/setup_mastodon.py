"""What Mastodon asks for when an account of it is connected."""

from django import forms

from amends.connectors.mastodon.oauth import SCOPES
from amends.connectors.mastodon.settings import PUBLIC, check_stream
from amends.terms import BadInput
from amends.web.views.setup_networks import (
    STREAM_ADDRESS,
    WEB_ADDRESS,
    ChannelForm,
    address,
    kept_secrets,
    number,
    secret,
)


class MastodonForm(ChannelForm):
    plain = ("server",)
    advanced = (
        "stream", "public", "hashtags", "lists", "streaming", "poll_seconds", "begin_hours",
    )  # fmt: skip
    secret_names = ("access_token",)

    server = address(
        "Server",
        "Where the account lives. Empty: the one in the handle, as in name@mastodon.social.",
        "https://mastodon.social",
        WEB_ADDRESS,
    )
    access_token = secret(
        "Access token",
        "On your server under Preferences, Development, New application: tick the scopes "
        f"{', '.join(SCOPES)}, submit, open the application and copy “Your access token”.",
    )
    stream = forms.CharField(
        required=False,
        max_length=500,
        label="Streams",
        help_text="user, public, public:local, hashtag:name or list:id, with commas between.",
        widget=forms.TextInput(attrs={"placeholder": "none: polling", "autocomplete": "off"}),
    )
    public = forms.ChoiceField(
        required=False,
        label="Public timeline",
        help_text="Watches for words hear it.",
        choices=[("", "federated"), *((name, name) for name in PUBLIC if name != "federated")],
    )
    hashtags = forms.CharField(
        required=False,
        max_length=1000,
        label="Hashtags",
        help_text="Beside those the watches name, with commas between.",
    )
    lists = forms.CharField(
        required=False,
        max_length=500,
        label="Lists",
        help_text="Ids of the account's lists, with commas between.",
    )
    streaming = address(
        "Stream address", "Where streams are served.", "what the server says", STREAM_ADDRESS
    )
    poll_seconds = number("Seconds between polls", "5", least=0.5, most=3600)
    begin_hours = number("Hours to look back at first", "24", least=0.1, most=8760)

    def clean_stream(self) -> str:
        given = str(self.cleaned_data["stream"])
        for name in filter(None, (part.strip() for part in given.split(","))):
            try:
                check_stream(name)
            except BadInput as error:
                raise forms.ValidationError(str(error)) from error
        return given

    def clean(self) -> dict[str, object]:
        cleaned = super().clean()
        handle = str(cleaned.get("handle") or "").lstrip("@")
        if "server" in cleaned and not cleaned["server"] and "@" not in handle:
            self.add_error("server", "Write the server, or a handle such as name@mastodon.social.")
        return cleaned

    def secrets(self) -> dict[str, str]:
        return kept_secrets(self.channel, super().secrets())
