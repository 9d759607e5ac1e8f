"""What Reddit asks for when an account of it is connected."""

from django import forms

from amends.connectors.reddit.settings import check_subreddits
from amends.terms import BadInput
from amends.web.views.setup_networks import (
    WEB_ADDRESS,
    ChannelForm,
    address,
    kept_secrets,
    number,
    secret,
)


class RedditForm(ChannelForm):
    plain = ("subreddits",)
    advanced = (
        "search", "user_agent", "oauth_url", "reddit_url", "poll_seconds", "begin_hours",
    )  # fmt: skip
    secret_names = ("client_id", "client_secret", "password", "refresh_token")
    needs_secrets = False

    subreddits = forms.CharField(
        required=False,
        max_length=5_000,
        label="Subreddits",
        help_text="Whose posts and comments the watches hear, with commas between, such as travel, luggage.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    client_id = secret(
        "Client ID",
        "On reddit.com/prefs/apps, “create another app…”, script: the letters under its name.",
    )
    client_secret = secret("Secret", "Beside “secret” on the same page.")
    password = secret(
        "Password of the account",
        "For a script application, whose developer the account must be. Not with two-factor sign-in.",
    )
    refresh_token = secret("Refresh token", "For a web application, instead of the password.")
    search = forms.ChoiceField(
        required=False,
        label="Search",
        help_text="For the words of watches, in the posts of all subreddits. Comments are not searched.",
        choices=[("", "on"), ("off", "off")],
    )
    user_agent = forms.CharField(
        required=False,
        min_length=7,
        max_length=200,
        label="User agent",
        help_text="Reddit wants platform, name, version and account in it.",
        widget=forms.TextInput(
            attrs={"placeholder": "server:org.amends.desk:v0.1 (by /u/name)", "autocomplete": "off"}
        ),
    )
    oauth_url = address("Address of the API", "", "https://oauth.reddit.com", WEB_ADDRESS)
    reddit_url = address("Address of the site", "", "https://www.reddit.com", WEB_ADDRESS)
    poll_seconds = number("Seconds between polls", "30", least=1, most=86_400)
    begin_hours = number("Hours to look back at first", "24", least=0.1, most=8760)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["handle"].label = "User name"

    def clean_subreddits(self) -> str:
        given = str(self.cleaned_data["subreddits"])
        try:
            check_subreddits(given)
        except BadInput as error:
            raise forms.ValidationError(str(error)) from error
        return given

    def clean_handle(self) -> str:
        return str(self.cleaned_data["handle"]).strip().removeprefix("/").removeprefix("u/")

    def clean(self) -> dict[str, object]:
        cleaned = super().clean()
        if self.channel is None:
            for name in ("client_id", "client_secret"):
                if not cleaned.get(name):
                    self.add_error(name, f"{self.fields[name].label} is needed to sign in.")
            if not (cleaned.get("password") or cleaned.get("refresh_token")):
                self.add_error(
                    "password", "The password of the account is needed, or a refresh token."
                )
        return cleaned

    def secrets(self) -> dict[str, str]:
        return kept_secrets(self.channel, super().secrets())
