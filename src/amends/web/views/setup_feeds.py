"""What feeds ask for when they are connected."""

from django import forms

from amends.connectors.feeds.settings import read_feeds
from amends.terms import BadInput
from amends.web.views.setup_networks import ChannelForm, kept_secrets, number, secret


class FeedsForm(ChannelForm):
    advanced_hint = "Sites that ask for a password, and pace."
    plain = ("feeds", "to_us")
    advanced = ("poll_seconds", "begin_hours")
    secret_names = ("user", "password")
    needs_secrets = False

    feeds = forms.CharField(
        max_length=20_000,
        label="Addresses of feeds",
        help_text="RSS, Atom or JSON Feed, one a line: blogs, review sites, boards.",
        widget=forms.Textarea(
            attrs={"rows": 4, "spellcheck": "false", "placeholder": "https://blog.example/feed"}
        ),
    )
    to_us = forms.ChoiceField(
        required=False,
        label="What they tell",
        choices=[
            ("", "All sorts of things: watches find what is about us"),
            ("yes", "Nothing but what is about us, such as our reviews"),
        ],
    )
    user = secret("User", "Only where the site asks for one.")
    password = secret("Password", "Beside it. Both go to one host alone.")
    poll_seconds = number("Seconds between looks at a feed", "300", least=10, most=86_400)
    begin_hours = number("Hours to look back at first", "168", least=0.1, most=8760)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["handle"].label = "Name"
        self.fields["handle"].help_text = "What you call them, without blanks, such as reviews."

    def plain_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("handle", *self.plain)]

    def advanced_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in (*self.secret_names, *self.advanced)]

    def clean_feeds(self) -> str:
        given = str(self.cleaned_data["feeds"])
        try:
            return "\n".join(read_feeds(given).values())
        except BadInput as error:
            raise forms.ValidationError(str(error)) from error

    def secrets(self) -> dict[str, str]:
        return kept_secrets(self.channel, super().secrets())
