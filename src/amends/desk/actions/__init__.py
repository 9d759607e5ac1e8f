"""One verb, one function: every write the desk can make.

Keyword-only, typed, one transaction, an event in the case's history. Views, workers and commands
call these and nothing else writes.
"""

from amends.desk.actions.cases import (
    add_note,
    assign_case,
    close_case,
    dismiss_case,
    escalate_case,
    is_closed_out,
    merge_case,
    prioritise_case,
    reopen_case,
    resolve_case,
    take_up,
    wait_for_customer,
)
from amends.desk.actions.chronicle import KINDS, proof
from amends.desk.actions.erasure import erase_customer
from amends.desk.actions.guarding import approve_reply, refuse_reply, save_guard_rules
from amends.desk.actions.labels import label_case, unlabel_case
from amends.desk.actions.people import (
    change_role,
    first_administrator,
    invite_responder,
    make_sign_in_link,
    rename_responder,
    set_password,
    use_sign_in_link,
)
from amends.desk.actions.replies import (
    cancel_reply,
    channel_for,
    check_again,
    give_up,
    queue_reply,
    save_draft,
    send_again,
    target_for,
)
from amends.desk.actions.scheduling import reschedule_reply
from amends.desk.actions.setup import (
    connect_channel,
    remove_watch,
    save_brand,
    save_watch,
    save_watches,
    switch_channel,
)
from amends.desk.actions.stopping import lift_stop, release_replies, release_reply, stop_sending
from amends.desk.actions.taking_down import take_down

__all__ = [
    "KINDS",
    "add_note",
    "approve_reply",
    "assign_case",
    "cancel_reply",
    "change_role",
    "channel_for",
    "check_again",
    "close_case",
    "connect_channel",
    "dismiss_case",
    "erase_customer",
    "escalate_case",
    "first_administrator",
    "give_up",
    "invite_responder",
    "is_closed_out",
    "label_case",
    "lift_stop",
    "make_sign_in_link",
    "merge_case",
    "prioritise_case",
    "proof",
    "queue_reply",
    "refuse_reply",
    "release_replies",
    "release_reply",
    "remove_watch",
    "rename_responder",
    "reopen_case",
    "reschedule_reply",
    "resolve_case",
    "save_brand",
    "save_draft",
    "save_guard_rules",
    "save_watch",
    "save_watches",
    "send_again",
    "set_password",
    "stop_sending",
    "switch_channel",
    "take_down",
    "take_up",
    "target_for",
    "unlabel_case",
    "use_sign_in_link",
    "wait_for_customer",
]
