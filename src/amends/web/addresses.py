"""Addresses that were found are not looked for again."""

from functools import lru_cache
from typing import Final

from django.urls import ResolverMatch, URLPattern, URLResolver
from django.urls.resolvers import RoutePattern

_LONGEST: Final = 120  # what is remembered is as many characters as that, a few thousand times


class Remembered(URLResolver):
    """All pages: of two hundred addresses, each is tried until one fits, which took a tenth of the time
    of a refusal. Which page an address leads to changes with our code alone."""

    def __init__(self, pages: list[URLPattern | URLResolver]) -> None:
        super().__init__(RoutePattern(""), pages)
        self._found = lru_cache(2048)(self._looked_for)

    def resolve(self, path: str) -> ResolverMatch:
        """Raises ``Resolver404``."""
        return self._found(path) if len(path) <= _LONGEST else super().resolve(path)

    @property
    def remembered(self) -> int:
        """How many addresses are remembered."""
        return self._found.cache_info().currsize

    def _looked_for(self, path: str) -> ResolverMatch:
        found = super().resolve(path)
        found.tried = []  # told on Django's page for ``DEBUG``, and copied for each request
        return found
