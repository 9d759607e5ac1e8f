"""What a file drop asks for: a folder in the desk's home folder, and what its fields are called."""

from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator

from amends.connectors.mapping import FIELDS, read_mapping
from amends.terms import BadInput
from amends.web.views.setup_networks import ChannelForm, number


def drops() -> Path:
    """Where the folders lie that a page may name."""
    return Path(settings.AMENDS.home).absolute() / "drops"


class FiledropForm(ChannelForm):
    advanced_hint = "Names of fields, and pace."
    plain = ("folder", "to_us")
    advanced = ("mapping", "poll_seconds")
    needs_secrets = False

    folder = forms.CharField(
        max_length=100,
        label="Folder",
        help_text="A name in the folder “drops” of the desk's home folder. It is made where it is"
        " missing. Put .jsonl or .csv files there.",
        validators=[RegexValidator(r"^[A-Za-z0-9][\w.-]*\Z", "Write a plain name.")],
        widget=forms.TextInput(attrs={"placeholder": "reviews", "autocomplete": "off"}),
    )
    to_us = forms.ChoiceField(
        required=False,
        label="What the files tell",
        choices=[
            ("", "All sorts of things: watches find what is about us"),
            ("yes", "Nothing but what is about us, such as our reviews"),
        ],
    )
    mapping = forms.CharField(
        required=False,
        max_length=2000,
        label="Mapping",
        help_text="One a line, as text = review.body. Empty: found by what fields are commonly"
        f" called. Fields: {', '.join(FIELDS)}.",
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )
    poll_seconds = number("Seconds between looks", "5", least=0.5, most=86_400)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        channel = kwargs.get("channel")
        self._stored = str(channel.settings.get("folder", "")) if channel else ""
        if self._stored:
            kwargs["initial"] = {"folder": Path(self._stored).name, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.fields["handle"].label = "Name"
        self.fields["handle"].help_text = "What you call it, without blanks, such as reviews."

    def clean_mapping(self) -> str:
        told = str(self.cleaned_data["mapping"])
        try:
            return read_mapping(told).written() if told.strip() else ""
        except BadInput as error:
            raise forms.ValidationError(str(error)) from error

    def settings(self) -> dict[str, str]:
        """With the folder's whole path; the folder is there afterwards."""
        told = super().settings()
        kept = self._stored and Path(self._stored).name == told["folder"]
        folder = Path(self._stored) if kept else drops() / told["folder"]
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadInput(f"The folder {folder} cannot be made ({error.strerror}).") from error
        return told | {"folder": str(folder)}
