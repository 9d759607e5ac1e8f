"""Reading the desk. One door per object: the same answer for "not there" and "not yours"."""

from amends.desk.queries.cases import Entry, trail
from amends.desk.queries.doors import get_case_for, get_reply_for, may_see
from amends.desk.queries.heard import HeardFilter, heard_page
from amends.desk.queries.inbox import InboxFilter, InboxPage, Tab, inbox_page, tab_counts
from amends.desk.queries.live import changed_since, latest_change

__all__ = [
    "Entry",
    "HeardFilter",
    "InboxFilter",
    "InboxPage",
    "Tab",
    "changed_since",
    "get_case_for",
    "get_reply_for",
    "heard_page",
    "inbox_page",
    "latest_change",
    "may_see",
    "tab_counts",
    "trail",
]
