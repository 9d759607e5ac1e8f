"""A webhook is set up by a sample: paste one, see what becomes of it, take address and secret."""

import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import msgspec
from django import forms
from django.core.validators import RegexValidator

from amends.connectors.mapping import FIELDS, guess_mapping, read_mapping
from amends.terms import BadInput, Post
from amends.web.views.setup_networks import ChannelForm, kept_secrets

if TYPE_CHECKING:
    from django.http import QueryDict

_SHOWN = 10  # posts of a sample


class WebhookForm(ChannelForm):
    plain = ("mapping", "to_us")
    secret_names = ("secret",)
    can_look = True

    sample = forms.CharField(
        required=False,
        max_length=100_000,
        label="A sample",
        help_text="Paste the JSON of one delivery. It finds the mapping, and is not kept.",
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    mapping = forms.CharField(
        required=False,
        max_length=2000,
        label="Mapping",
        help_text="One a line, as text = review.body. Empty: found by the sample. "
        f"Fields: {', '.join(FIELDS)}.",
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )
    to_us = forms.ChoiceField(
        required=False,
        label="What it tells",
        choices=[
            ("", "All sorts of things: watches find what is about us"),
            ("yes", "Nothing but what is about us, such as our reviews"),
        ],
    )
    secret = forms.CharField(
        required=False,
        min_length=24,
        max_length=200,
        label="Secret",
        help_text="Copy it now to whoever delivers. It is encrypted here and never shown again.",
        error_messages={
            "min_length": "A secret has 24 characters or more; the one offered has 43."
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.preview: list[Post] = []
        self.faults: list[str] = []
        name = self.fields["handle"]
        name.label, name.help_text = "Name", "Part of the address: letters, digits and hyphens."
        name.validators.append(
            RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9_-]*\Z", "Write letters, digits and hyphens.")
        )
        if self.channel is None:
            self.fields["secret"].initial = secrets.token_urlsafe(32)

    def plain_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("handle", "sample", *self.plain, "secret")]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        sample, told = str(cleaned.get("sample") or ""), str(cleaned.get("mapping") or "")
        try:
            value = (
                msgspec.json.decode(sample.encode("utf-8", "replace")) if sample.strip() else None
            )
        except (msgspec.DecodeError, RecursionError):
            self.add_error("sample", "The sample is no JSON; paste one whole delivery.")
            return cleaned
        if value is None and not told.strip():
            self.add_error("sample", "Paste a sample, or write where the text lies.")
            return cleaned
        try:
            fields = read_mapping(told) if told.strip() else guess_mapping(value)
            cleaned["mapping"] = fields.written()
            self._look(fields.posts(value, network="webhook", latest=datetime.now(UTC))
                       if value is not None else ())  # fmt: skip
        except (BadInput, RecursionError) as error:
            self.add_error("mapping", str(error))
        return cleaned

    def _look(self, founds: Any) -> None:
        for _, post_of in list(founds)[:_SHOWN]:
            try:
                self.preview.append(post_of())
            except BadInput as error:
                self.faults.append(str(error))

    def look(self) -> None:
        """The mapping that was found stands in its field, and the posts below."""
        typed = cast("QueryDict", self.data).copy()
        typed["mapping"] = self.cleaned_data.get("mapping", "")
        self.data = typed

    def secrets(self) -> dict[str, str]:
        return kept_secrets(self.channel, super().secrets())
