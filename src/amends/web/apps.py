"""The pages."""

from django.apps import AppConfig
from django.core import validators


class WebConfig(AppConfig):
    name = "amends.web"
    label = "web"

    def ready(self) -> None:
        """Django's refusals in our words, for every form."""
        validators.MinValueValidator.message = "Write %(limit_value)s or more."
        validators.MaxValueValidator.message = "Write %(limit_value)s at most."
        validators.EmailValidator.message = "Write an address such as name@example.com."
