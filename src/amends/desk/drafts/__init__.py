"""Drafts and translations by a language model that the company chooses; off until it does."""

from amends.desk.drafts.endpoint import Endpoint, complete
from amends.desk.drafts.prompts import drafting, drafts_in, translating, translation_in

__all__ = ["Endpoint", "complete", "drafting", "drafts_in", "translating", "translation_in"]
