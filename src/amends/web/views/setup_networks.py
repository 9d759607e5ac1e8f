"""What each network asks for when an account of it is connected."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Final

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator, URLValidator

from amends.connectors.registry import check_settings
from amends.desk.actions.secrets import unseal
from amends.desk.models import Brand, ChannelRow
from amends.terms import BadInput, Channel

WEB_ADDRESS = URLValidator(
    schemes=["http", "https"], message="Write an address that begins with https://"
)
STREAM_ADDRESS = URLValidator(
    schemes=["ws", "wss"], message="Write an address that begins with wss://"
)


class HiddenTextarea(forms.Textarea):
    """A text area that is written and never shown again, not even after an error."""

    def format_value(self, value: Any) -> None:  # noqa: ARG002
        return None


def secret(label: str, help_text: str) -> forms.CharField:
    """A field that is written and never shown again."""
    return forms.CharField(
        required=False,
        max_length=2000,
        label=label,
        help_text=help_text,
        strip=True,
        widget=forms.PasswordInput(
            render_value=False, attrs={"autocomplete": "new-password", "spellcheck": "false"}
        ),
    )


def address(label: str, help_text: str, placeholder: str, check: URLValidator) -> forms.CharField:
    return forms.CharField(
        required=False,
        max_length=500,
        label=label,
        help_text=help_text,
        validators=[check],
        widget=forms.TextInput(
            attrs={"placeholder": placeholder, "inputmode": "url", "autocomplete": "off"}
        ),
    )


def number(
    label: str,
    placeholder: str,
    *,
    least: float,
    most: float,
    whole: bool = False,
    help_text: str = "",
) -> forms.IntegerField:
    """A number that may stay empty; ``placeholder`` is what the connector takes then."""
    step = {} if whole else {"step": "any"}
    widget = forms.NumberInput(attrs={"placeholder": placeholder, **step})
    told: dict[str, Any] = {"required": False, "label": label, "help_text": help_text}
    if whole:
        return forms.IntegerField(min_value=int(least), max_value=int(most), widget=widget, **told)
    return forms.FloatField(min_value=least, max_value=most, widget=widget, **told)


def kept_secrets(channel: ChannelRow | None, typed: dict[str, str]) -> dict[str, str]:
    """What was typed beside the secrets that are stored; nothing where nothing was typed."""
    if channel is None or not typed:
        return typed
    return unseal(bytes(channel.secret)) | typed


_OF_A_SETTING: Final = re.compile(r"(?P<name>\w+)(?P<rest> (?:is|holds) .*; .*)", re.DOTALL)


def setting_named(sentence: str, fields: Mapping[str, forms.Field]) -> tuple[str | None, str]:
    """The field that a connector's refusal is about, None where it is about none, and the refusal
    with the field's label in the place of the setting's name."""
    found = _OF_A_SETTING.fullmatch(sentence)
    if found is None or found["name"] not in fields:
        return None, sentence
    return found["name"], f"“{fields[found['name']].label}”{found['rest']}"


def said_by(network: str, sentence: str) -> str:
    """What the connector of a network said, in the words of its form."""
    return setting_named(sentence, form_for(network).base_fields)[1]


class ChannelForm(forms.Form):
    """The fields every network has. ``channel`` is the one connected again, or None."""

    advanced_hint: ClassVar[str] = (
        "Addresses and pace. Empty fields take those of the public network."
    )
    plain: ClassVar[tuple[str, ...]] = ()
    advanced: ClassVar[tuple[str, ...]] = ()
    secret_names: ClassVar[tuple[str, ...]] = ()
    needs_secrets: ClassVar[bool] = True
    can_look: ClassVar[bool] = False  # whether what was typed can be tried out before it is saved

    brand = forms.ModelChoiceField(Brand.objects.order_by("name"), label="Brand", empty_label=None)
    handle = forms.CharField(
        max_length=253,
        label="Handle",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
        ),
    )

    def __init__(self, *args: Any, channel: ChannelRow | None = None, **kwargs: Any) -> None:
        self.channel = channel
        if channel is not None:
            known = {str(name): str(value) for name, value in channel.settings.items()}
            given = {**known, "brand": channel.brand_id, "handle": channel.handle}
            kwargs["initial"] = given | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        if channel is not None:
            self.fields["handle"].disabled = True
            for name in self.secret_names:
                self.fields[name].help_text = "Stored, and never shown. Leave empty to keep it."

    def plain_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("handle", *self.plain, *self.secret_names)]

    def advanced_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.advanced]

    def advanced_open(self) -> bool:
        """Whether the fold must be open: something in it is wrong."""
        return any(field.errors for field in self.advanced_fields())

    def settings(self) -> dict[str, str]:
        """What the connector is told: what was set by other means stays, empty fields are left to
        its defaults."""
        asked = (*self.plain, *self.advanced)
        kept = {} if self.channel is None else self.channel.settings
        told = {str(name): str(value) for name, value in kept.items() if name not in asked}
        typed = {name: str(self.cleaned_data.get(name) or "") for name in asked}
        return told | {name: value for name, value in typed.items() if value}

    def secrets(self) -> dict[str, str]:
        typed = {name: str(self.cleaned_data.get(name) or "") for name in self.secret_names}
        return {name: value for name, value in typed.items() if value}

    def secrets_dropped(self) -> bool:
        """Whether a secret was typed that does not stand in a refused form any more."""
        hidden = (forms.PasswordInput, HiddenTextarea)
        fields = [self[name] for name in self.secret_names]
        return any(one.data and isinstance(one.field.widget, hidden) for one in fields)

    def add_error(self, field: str | None, error: Any) -> None:
        """What is said of a setting names it as it is labelled here."""
        if isinstance(error, forms.ValidationError) and not hasattr(error, "error_dict"):
            error = [setting_named(one, self.fields)[1] for one in error.messages]
        super().add_error(field, error)

    def is_taken(self, network: str) -> bool:
        """Whether a valid form is taken by the connector, too. What is not stands at its field."""
        handle = str(self.cleaned_data["handle"]).strip()
        try:
            check_settings(Channel(network=network, handle=handle, settings=self.settings()))
        except BadInput as error:
            self.add_error(*setting_named(str(error), self.fields))
            return False
        return True

    def look(self) -> None:
        """Show what a valid form would come to, where ``can_look``."""

    def clean(self) -> dict[str, Any]:
        for name in self.secret_names:
            missing = self.needs_secrets and not self.cleaned_data.get(name)
            if missing and self.channel is None and name not in self.errors:
                self.add_error(name, f"{self.fields[name].label} is needed to sign in.")
        return self.cleaned_data


class BlueskyForm(ChannelForm):
    advanced = (
        "pds", "appview", "chat_did", "plc", "stream", "stream_url", "poll_seconds", "begin_hours",
    )  # fmt: skip
    secret_names = ("app_password",)

    app_password = secret(
        "App password",
        "Make one on Bluesky under Settings, Privacy and security, App passwords. Allow it access"
        " to direct messages, or private messages cannot be sent.",
    )
    pds = address("Server (PDS)", "Where the account lives.", "https://bsky.social", WEB_ADDRESS)
    appview = address(
        "AppView", "What reads posts and threads.", "through the account's server", WEB_ADDRESS
    )
    chat_did = forms.CharField(
        required=False,
        max_length=300,
        label="Chat service (DID)",
        help_text="The service that carries private messages.",
        validators=[RegexValidator(r"^did:[a-z]+:\S+\Z", "Write a DID, such as did:web:…")],
        widget=forms.TextInput(attrs={"placeholder": "did:web:api.bsky.chat"}),
    )
    plc = address(
        "PLC directory", "Where DIDs are looked up.", "https://plc.directory", WEB_ADDRESS
    )
    stream = forms.ChoiceField(
        required=False,
        label="Stream",
        help_text="Notifications and search catch what names us. A stream sees every public post.",
        choices=[
            ("", "None: notifications and search"),
            ("jetstream-v1", "Jetstream v1"),
            ("jetstream-v2", "Jetstream v2"),
            ("firehose", "Repository firehose"),
        ],
    )
    stream_url = address(
        "Stream address", "Where the stream chosen is served.", "the public one", STREAM_ADDRESS
    )
    poll_seconds = forms.FloatField(
        required=False,
        min_value=0.5,
        max_value=3600,
        label="Seconds between polls",
        widget=forms.NumberInput(attrs={"placeholder": "4", "step": "any"}),
    )
    begin_hours = forms.FloatField(
        required=False,
        min_value=0.1,
        max_value=8760,
        label="Hours to look back at first",
        widget=forms.NumberInput(attrs={"placeholder": "24", "step": "any"}),
    )

    def secrets(self) -> dict[str, str]:
        """What the connector signs in with: the handle and the app password."""
        password = self.cleaned_data["app_password"]
        handle = self.cleaned_data["handle"].strip().lstrip("@").lower()
        return {"identifier": handle, "password": password} if password else {}


class DemoForm(ChannelForm):
    advanced_hint = "Its file, its people and its pace. All may stay empty."
    plain = ("url",)
    advanced = ("path", "seed", "cast", "poll_seconds")
    secret_names = ("token",)
    needs_secrets = False

    url = address(
        "Address of a demo server",
        "Empty: the demo network runs inside the desk, in a file of its own.",
        "http://127.0.0.1:8100",
        WEB_ADDRESS,
    )
    token = secret("Token", "Only where a demo server asks for one.")
    path = forms.CharField(
        required=False,
        max_length=120,
        label="File",
        help_text="A name in the desk's home folder.",
        validators=[
            RegexValidator(r"^[\w-][\w.-]*\.sqlite3\Z", "Write a plain file name in .sqlite3."),
            RegexValidator(
                r"^desk\.", "This is the desk's own file. Take another.", inverse_match=True,
                flags=re.IGNORECASE,
            ),
        ],
        widget=forms.TextInput(attrs={"placeholder": "demo.sqlite3", "autocomplete": "off"}),
    )  # fmt: skip
    seed = forms.IntegerField(required=False, min_value=0, label="Seed of the cast")
    cast = forms.ChoiceField(
        required=False, label="Cast", choices=[("", "People post by themselves"), ("off", "Nobody")]
    )
    poll_seconds = forms.FloatField(
        required=False,
        min_value=0.1,
        max_value=3600,
        label="Seconds between polls",
        widget=forms.NumberInput(attrs={"placeholder": "2", "step": "any"}),
    )

    def __init__(self, *args: Any, channel: ChannelRow | None = None, **kwargs: Any) -> None:
        self._stored = str(channel.settings.get("path", "")) if channel else ""
        if self._stored:
            kwargs["initial"] = {"path": Path(self._stored).name, **(kwargs.get("initial") or {})}
        super().__init__(*args, channel=channel, **kwargs)

    def settings(self) -> dict[str, str]:
        """With ``url`` no file, otherwise the file's whole path."""
        told = super().settings()
        if "url" in told:
            told.pop("path", None)
            return told
        name = told.get("path", "demo.sqlite3")
        kept = Path(self._stored).name == name
        told["path"] = self._stored if kept else str(Path(settings.AMENDS.home).absolute() / name)
        return told


class PlainForm(ChannelForm):
    """For connectors that bring no form: names and values, one a line."""

    secret_names = ()

    values = forms.CharField(
        required=False,
        max_length=5000,
        label="Settings",
        help_text="One a line, as name = value. The connector's README lists them.",
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )
    hidden_values = forms.CharField(
        required=False,
        max_length=5000,
        label="Secrets",
        help_text="One a line, as name = value. Written and never shown again.",
        widget=HiddenTextarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, channel: ChannelRow | None = None, **kwargs: Any) -> None:
        if channel is not None:
            lines = "\n".join(f"{name} = {value}" for name, value in channel.settings.items())
            kwargs["initial"] = {"values": lines, **(kwargs.get("initial") or {})}
        super().__init__(*args, channel=channel, **kwargs)

    def plain_fields(self) -> list[forms.BoundField]:
        return [self["handle"], self["values"], self["hidden_values"]]

    def settings(self) -> dict[str, str]:
        return _pairs(self.cleaned_data["values"])

    def secrets(self) -> dict[str, str]:
        return _pairs(self.cleaned_data["hidden_values"])


def _pairs(typed: str) -> dict[str, str]:
    pairs = (line.partition("=") for line in typed.splitlines() if "=" in line)
    return {name.strip(): value.strip() for name, _, value in pairs if name.strip()}


FORMS: Mapping[str, type[ChannelForm]] = {"bluesky": BlueskyForm, "demo": DemoForm}


def form_for(network: str) -> type[ChannelForm]:
    """The form of a network; names and values for one that brings none."""
    from amends.web.views.setup_feeds import FeedsForm
    from amends.web.views.setup_filedrop import FiledropForm
    from amends.web.views.setup_mail import MailForm
    from amends.web.views.setup_mastodon import MastodonForm
    from amends.web.views.setup_reddit import RedditForm
    from amends.web.views.setup_reviews import AppStoreForm, GoogleBusinessForm, GooglePlayForm
    from amends.web.views.setup_webhook import WebhookForm
    from amends.web.views.setup_x import XForm

    more: Mapping[str, type[ChannelForm]] = {
        "appstore": AppStoreForm,
        "feeds": FeedsForm,
        "filedrop": FiledropForm,
        "googlebusiness": GoogleBusinessForm,
        "googleplay": GooglePlayForm,
        "mail": MailForm,
        "mastodon": MastodonForm,
        "reddit": RedditForm,
        "webhook": WebhookForm,
        "x": XForm,
    }
    return FORMS.get(network) or more.get(network, PlainForm)
