"""The tables of the desk. Rules live in ``casework``; writes in ``desk.actions``."""

from amends.desk.models.amends import Authority, Determination, Promise, Remedy
from amends.desk.models.batches import CaseBatch, CaseBatchItem
from amends.desk.models.calls import Call
from amends.desk.models.cases import Case, CaseEvent, CasePost, Customer, Label, Note
from amends.desk.models.claims import Claim, ClaimCopy, Evidence, LegalHold
from amends.desk.models.clocks import HoursRow, RotaAbsence, RotaTurn, SlaPolicyRow
from amends.desk.models.deliveries import DeliveryRow
from amends.desk.models.drafting import DraftEndpoint
from amends.desk.models.guarding import GuardRules
from amends.desk.models.hearing import (
    AuthorRow,
    Brand,
    ChannelRow,
    ChannelStanding,
    Cursor,
    DeadLetterRow,
    DeepWait,
    DropCount,
    MentionRow,
    PostRow,
    ReadingRow,
    RoleMark,
    SpecialCare,
    WatchRow,
)
from amends.desk.models.history import ImportRun
from amends.desk.models.learning import Correction, LearntHead, ReadingRules
from amends.desk.models.letters import Budget, Letter
from amends.desk.models.macros import MacroRow, MacroVersion
from amends.desk.models.people import Responder, SignInLink
from amends.desk.models.pictures import Attachment, PictureRow
from amends.desk.models.private import Handoff, IntakePage
from amends.desk.models.ranking import RankEntry, RankWatch, SearchAccess
from amends.desk.models.replies import Draft, OutgoingReply, SendingStop, TakeDown
from amends.desk.models.routing import RoutingRules, SeatRow, Skill, Team, TeamMember
from amends.desk.models.rules import RuleChange, RuleDue, RuleGrant, RuleRow, RuleRun, RuleVersion
from amends.desk.models.snippets import Snippet, SnippetPicture, SnippetVersion
from amends.desk.models.speaking import (
    Acknowledgement,
    OwnModule,
    SocialPolicy,
    SpeakingRules,
    TrainingAttempt,
)
from amends.desk.models.surveys import Survey
from amends.desk.models.together import CustomerMerge, HeadsUp, Presence

__all__ = [
    "Acknowledgement",
    "Attachment",
    "AuthorRow",
    "Authority",
    "Brand",
    "Budget",
    "Call",
    "Case",
    "CaseBatch",
    "CaseBatchItem",
    "CaseEvent",
    "CasePost",
    "ChannelRow",
    "ChannelStanding",
    "Claim",
    "ClaimCopy",
    "Correction",
    "Cursor",
    "Customer",
    "CustomerMerge",
    "DeadLetterRow",
    "DeepWait",
    "DeliveryRow",
    "Determination",
    "Draft",
    "DraftEndpoint",
    "DropCount",
    "Evidence",
    "GuardRules",
    "Handoff",
    "HeadsUp",
    "HoursRow",
    "ImportRun",
    "IntakePage",
    "Label",
    "LearntHead",
    "LegalHold",
    "Letter",
    "MacroRow",
    "MacroVersion",
    "MentionRow",
    "Note",
    "OutgoingReply",
    "OwnModule",
    "PictureRow",
    "PostRow",
    "Presence",
    "Promise",
    "RankEntry",
    "RankWatch",
    "ReadingRow",
    "ReadingRules",
    "Remedy",
    "Responder",
    "RoleMark",
    "RotaAbsence",
    "RotaTurn",
    "RoutingRules",
    "RuleChange",
    "RuleDue",
    "RuleGrant",
    "RuleRow",
    "RuleRun",
    "RuleVersion",
    "SearchAccess",
    "SeatRow",
    "SendingStop",
    "SignInLink",
    "Skill",
    "SlaPolicyRow",
    "Snippet",
    "SnippetPicture",
    "SnippetVersion",
    "SocialPolicy",
    "SpeakingRules",
    "SpecialCare",
    "Survey",
    "TakeDown",
    "Team",
    "TeamMember",
    "TrainingAttempt",
    "WatchRow",
]
