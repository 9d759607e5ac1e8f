"""Forms of the set-up."""

from typing import Any

from django import forms

from amends.desk.models import Brand
from amends.terms import WatchKind

KINDS = {
    WatchKind.BRAND: "Brand: our name and accounts",
    WatchKind.PRODUCT: "Product: what we sell",
    WatchKind.PERSON: "Person: somebody who speaks for us",
    WatchKind.COMPETITOR: "Competitor: heard, never answered",
    WatchKind.TOPIC: "Topic: our market, without a name",
}


class BrandForm(forms.Form):
    name = forms.CharField(
        max_length=120,
        label="Name",
        help_text="As customers write it.",
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    contact_route = forms.CharField(
        required=False,
        max_length=2000,
        label="Contact route",
        help_text=(
            "Where a customer reaches a person in private. Responders put it into a public reply"
            " with one click."
        ),
        widget=forms.Textarea(
            attrs={
                "rows": 3,
                "placeholder": "Please send us a private message, or write to care@example.com.",
            }
        ),
    )
    threshold = forms.FloatField(
        required=False,
        min_value=0.01,
        max_value=0.99,
        label="Complaint threshold",
        widget=forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"}),
    )


class Lines(forms.CharField):
    """A text area that holds one entry a line; its value is a list of strings.

    ``noun`` is set where an entry holds no blanks: what one of them is called.
    """

    def __init__(self, *, label: str, help_text: str, placeholder: str, noun: str = "") -> None:
        self.noun = noun
        super().__init__(
            required=False,
            max_length=10_000,
            label=label,
            help_text=help_text,
            widget=forms.Textarea(
                attrs={
                    "rows": 3,
                    "placeholder": placeholder,
                    "autocapitalize": "off",
                    "spellcheck": "false",
                }
            ),
        )

    def clean(self, value: Any) -> list[str]:
        typed = super().clean(value)
        lines = [line.strip() for line in typed.splitlines() if line.strip()]
        for line in lines:
            if self.noun and len(line.split()) > 1:
                raise forms.ValidationError(f"A {self.noun} has no blanks: {line[:60]}")
        return lines


class WatchForm(forms.Form):
    brand = forms.ModelChoiceField(Brand.objects.order_by("name"), label="Brand", empty_label=None)
    kind = forms.ChoiceField(
        choices=[(str(kind), label) for kind, label in KINDS.items()], label="Kind"
    )
    name = forms.CharField(
        max_length=120, label="Name", help_text="What colleagues call this watch."
    )
    how = forms.ChoiceField(
        choices=[("lists", "By words"), ("query", "By a query")],
        initial="lists",
        required=False,
        label="How",
        widget=forms.RadioSelect,
    )
    query = forms.CharField(
        required=False,
        max_length=4096,
        label="Query",
        help_text="Blank is and, OR is or, - is not; brackets group.",
        widget=forms.Textarea(
            attrs={
                "rows": 4,
                "class": "query",
                "placeholder": 'halcyon (late OR lost OR "never again") -from:halcyonair lang:en',
                "autocapitalize": "off",
                "spellcheck": "false",
            }
        ),
    )
    accounts = Lines(
        label="Accounts",
        help_text="Whom the watch is about, one handle a line. Of a brand: ours. Of a competitor: theirs.",
        placeholder="@halcyonair",
        noun="handle",
    )
    phrases = Lines(
        label="Words and phrases",
        help_text="One a line, any of them is enough. Misspellings are worth a line of their own.",
        placeholder="halcyon air\nhalcion air",
    )
    handles = Lines(
        label="Handles",
        help_text="One a line, with or without @.",
        placeholder="@halcyonair",
        noun="handle",
    )
    hashtags = Lines(
        label="Hashtags",
        help_text="One a line, with or without #.",
        placeholder="#halcyonfail",
        noun="hashtag",
    )

    def by_query(self) -> bool:
        return bool(self.cleaned_data.get("how") == "query")

    def lists(self) -> tuple[list[str], list[str], list[str]]:
        """Phrases, handles and hashtags as typed, so far as they could be read."""
        typed = self.cleaned_data
        return typed.get("phrases", []), typed.get("handles", []), typed.get("hashtags", [])
