"""What the places of reviews ask for when one of them is connected."""

from typing import Any, ClassVar

from django import forms

from amends.web.views.setup_networks import (
    WEB_ADDRESS,
    ChannelForm,
    HiddenTextarea,
    address,
    kept_secrets,
    number,
    secret,
)

_PACE = ("api", "poll_seconds", "begin_hours")


def _key_file(label: str, help_text: str) -> forms.CharField:
    """A key of several lines, written and never shown again."""
    hidden = {"rows": 4, "spellcheck": "false", "autocomplete": "off"}
    return forms.CharField(
        required=False, max_length=10_000, label=label, help_text=help_text,
        widget=HiddenTextarea(attrs=hidden),
    )  # fmt: skip


class _ReviewsForm(ChannelForm):
    advanced_hint = "Address and pace. Empty fields take the usual ones."
    advanced: ClassVar[tuple[str, ...]] = _PACE

    api = address("API address", "", "the public one", WEB_ADDRESS)
    poll_seconds = number("Seconds between looks", "300", least=10, most=86_400)
    begin_hours = number("Hours to look back at first", "168", least=0.1, most=8760)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.fields["handle"]
        name.label, name.help_text = "Name", "What you call it here, without blanks."

    def secrets(self) -> dict[str, str]:
        return kept_secrets(self.channel, super().secrets())


class _GoogleForm(_ReviewsForm):
    advanced: ClassVar[tuple[str, ...]] = (*_PACE, "tokens")
    secret_names = ("service_account", "client_id", "client_secret", "refresh_token")

    tokens = address("Token address", "", "Google's own", WEB_ADDRESS)
    service_account = _key_file(
        "Service account key",
        "In the Google Cloud console under IAM, Service accounts, Keys, Add key, JSON: paste the"
        " whole file. Or fill in the three below.",
    )
    client_id = secret("Client ID", "Of an OAuth client under APIs and services, Credentials.")
    client_secret = secret("Client secret", "Beside the client ID.")
    refresh_token = secret("Refresh token", "Of somebody who agreed to it.")
    needs_secrets = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        three = [cleaned.get(name) for name in self.secret_names[1:]]
        if self.channel is None and not cleaned.get("service_account") and not all(three):
            self.add_error(
                "service_account", "Paste a key file, or fill in the three fields below."
            )
        return cleaned


class GooglePlayForm(_GoogleForm):
    plain = ("package",)

    package = forms.RegexField(
        r"^[A-Za-z]\w*(\.[A-Za-z]\w*)+\Z",
        max_length=200,
        label="Package name",
        help_text="As in the Play Console under the application's name.",
        error_messages={"invalid": "Write it like com.example.app."},
        widget=forms.TextInput(attrs={"placeholder": "com.example.app", "autocomplete": "off"}),
    )


class GoogleBusinessForm(_GoogleForm):
    plain = ("locations",)

    locations = forms.CharField(
        max_length=10_000,
        label="Places",
        help_text="Names of verified places, one a line.",
        widget=forms.Textarea(
            attrs={"rows": 3, "placeholder": "accounts/1/locations/2", "spellcheck": "false"}
        ),
    )


class AppStoreForm(_ReviewsForm):
    plain = ("app",)
    secret_names = ("key_id", "issuer_id", "private_key")

    app = forms.RegexField(
        r"^\d{1,20}\Z",
        max_length=20,
        label="Apple ID",
        help_text="The number in App Store Connect under App Information.",
        error_messages={"invalid": "Write the number, such as 682658836."},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    key_id = secret("Key ID", "App Store Connect, Users and Access, Integrations.")
    issuer_id = secret("Issuer ID", "Above the list of keys.")
    private_key = _key_file("Private key", "The text of the .p8 file, which can be loaded once.")
