"""Reading the desk. One door per object: the same answer for "not there" and "not yours"."""

from amends.desk.queries.cases import Entry, drafts_of, trail
from amends.desk.queries.choices import (
    find_cases,
    label_names,
    names_of,
    networks_seen,
    owners,
    uppers,
)
from amends.desk.queries.context import Context, context_of
from amends.desk.queries.doors import get_case_for, get_reply_for, may_see
from amends.desk.queries.heard import HeardFilter, heard_page
from amends.desk.queries.inbox import InboxFilter, InboxPage, Tab, inbox_page, tab_counts
from amends.desk.queries.live import latest_change

__all__ = [
    "Context",
    "Entry",
    "HeardFilter",
    "InboxFilter",
    "InboxPage",
    "Tab",
    "context_of",
    "drafts_of",
    "find_cases",
    "get_case_for",
    "get_reply_for",
    "heard_page",
    "inbox_page",
    "label_names",
    "latest_change",
    "may_see",
    "names_of",
    "networks_seen",
    "owners",
    "tab_counts",
    "trail",
    "uppers",
]
