"""Every finding the guard can make, by its stable code."""

from typing import NamedTuple

from amends.guard.findings import Level


class Code(NamedTuple):
    """``level`` is what a desk starts with; ``row`` the requirement; the rest is for the screen."""

    level: Level
    row: str
    reason: str
    suggestion: str


CODES: dict[str, Code] = {
    # Control and threat
    "threat": Code(
        "stop",
        "R30",
        "This threatens the customer.",
        "Take it out; say what you will do to help instead.",
    ),
    "legal_menace": Code(
        "stop",
        "R30",
        "This menaces the customer with lawyers, courts or the police.",
        "Take it out; a legal matter is handed up, never waved at a customer.",
    ),
    "control": Code(
        "stop",
        "R30",
        "This tries to control what the customer says or does.",
        "Ask an open question about what happened instead.",
    ),
    "belittling": Code(
        "stop",
        "R30",
        "This belittles the customer or the complaint.",
        "Take the complaint as seriously as the customer does.",
    ),
    "sarcasm": Code(
        "stop",
        "R30",
        "This reads as sarcasm.",
        "Say plainly what you mean, or leave it out.",
    ),
    "blame": Code(
        "stop",
        "R30",
        "This blames the customer.",
        "Say what can be done now, not what the customer should have done.",
    ),
    "deletion": Code(
        "stop",
        "R30",
        "This asks the customer to take down or change what they wrote.",
        "Leave their words alone; help first, and never as part of a bargain.",
    ),
    "third_party": Code(
        "stop",
        "R31",
        "This goes to somebody other than the customer who complained.",
        "Write to the customer; an approver may let this pass.",
    ),
    # Canned
    "near_copy": Code(
        "stop",
        "R29",
        "This is nearly what was sent lately.",
        "Write it anew, with a detail of this complaint.",
    ),
    "stock_phrases": Code(
        "stop",
        "R29",
        "These are stock phrases; nothing in them is about this complaint.",
        "Name what happened to this customer and what you do about it.",
    ),
    # Apologies
    "non_apology": Code(
        "ask",
        "R38",
        "This apologises for the customer's feelings or for an if, not for what happened.",
        "Apologise for what happened, without an if, or show that you understand.",
    ),
    "half_apology": Code(
        "note",
        "R39",
        "This apologises for an if or an any, as though it were not known what happened.",
        "Name what happened.",
    ),
    "dodging": Code(
        "ask",
        "R38",
        "This slips away from the matter.",
        "Say who does what about it now.",
    ),
    "false_guilt": Code(
        "stop",
        "R40",
        "This takes the fault on us, and the case says that it is not ours.",
        "Show empathy without owning it; correct the case first if the fault is ours.",
    ),
    "open_fault": Code(
        "ask",
        "R38",
        "This takes the fault on us before it is determined.",
        "Determine the fault first, or say what you are finding out.",
    ),
    "unowned": Code(
        "ask",
        "R39",
        "The fault is ours, and this does not own it, apologise and say what is done about it.",
        "Own it, apologise, and say what is fixed or what happens next.",
    ),
    # Acknowledge, act, route
    "bare_request": Code(
        "ask",
        "R26",
        "This asks for more and gives nothing.",
        "Acknowledge the problem, and say what you need the details for.",
    ),
    "no_acknowledgement": Code(
        "ask",
        "R26",
        "This first public reply neither acknowledges the problem nor says what happens next.",
        "Name the problem in a few words and say what you do next.",
    ),
    "acknowledge": Code(
        "note",
        "R26",
        "This first public reply does not acknowledge the problem.",
        "Name the problem in a few words.",
    ),
    "next_step": Code(
        "note",
        "R26",
        "This first public reply does not say what happens next.",
        "Say what you do now, or what you ask the customer to do.",
    ),
    "contact_route": Code(
        "note",
        "R32",
        "This first public reply offers no way to go on in private.",
        "Offer a private message, an address or a number where a person answers.",
    ),
    "thanks": Code(
        "note",
        "R32",
        "This first public reply does not thank the customer for speaking up.",
        "Thank them for telling you, in your own words.",
    ),
    # Personal data
    "email": Code(
        "stop",
        "R33",
        "This shows an e-mail address in public.",
        "Take it out or move to a private message.",
    ),
    "phone": Code(
        "stop",
        "R33",
        "This shows a telephone number in public.",
        "Take it out or move to a private message.",
    ),
    "card": Code(
        "stop",
        "R33",
        "This shows a card number.",
        "Take it out; the last four digits are enough, in private.",
    ),
    "iban": Code(
        "stop",
        "R33",
        "This shows a bank account in public.",
        "Take it out or move to a private message.",
    ),
    "booking": Code(
        "stop",
        "R33",
        "This shows a booking, order or customer number in public.",
        "Take it out or move to a private message.",
    ),
    "address": Code(
        "stop",
        "R33",
        "This shows a postal address in public.",
        "Take it out or move to a private message.",
    ),
    "private_words": Code(
        "stop",
        "R33",
        "This shows in public what is known from private messages or records alone.",
        "Take it out or move to a private message.",
    ),
    "asks_personal_data": Code(
        "ask",
        "R33",
        "This asks for personal data and names no private way to send them.",
        "Ask for a private message.",
    ),
    "asks_here": Code(
        "stop",
        "R33",
        "This asks the customer to publish personal data.",
        "Ask for a private message.",
    ),
    "asks_secret": Code(
        "stop",
        "R33",
        "This asks for a password, a code or full card data, which nobody should send.",
        "Take it out; let the customer enter it where it belongs.",
    ),
    # Promises and remedies
    "public_remedy": Code(
        "ask",
        "R41",
        "This offers compensation in public, which invites the next complaint.",
        "Offer it in a private message.",
    ),
    "over_authority": Code(
        "stop",
        "R41",
        "This promises more than you may give.",
        "Ask an approver, or offer less.",
    ),
    "absolute_promise": Code(
        "ask",
        "R41",
        "This promises what nobody can keep.",
        "Promise what you do yourself, and by when.",
    ),
    "promise": Code(
        "note",
        "R41",
        "This is a promise; the case will hold us to it.",
        "Make sure that it can be kept.",
    ),
    # Inviting to speak again in public
    "invitation_condition": Code(
        "stop",
        "R45",
        "This makes what we give depend on what the customer says in public.",
        "Give it as it is; invite another time, or not at all.",
    ),
    "invitation_with_remedy": Code(
        "stop",
        "R45",
        "This gives something and asks for public words in one breath.",
        "Give it first; invite in a message of its own, once it is delivered.",
    ),
    "invitation_early": Code(
        "stop",
        "R45",
        "This invites the customer to speak in public before all that we owe is delivered.",
        "Deliver first, then invite.",
    ),
    "invitation_again": Code(
        "stop",
        "R45",
        "The customer was invited to speak again in public already.",
        "Leave it out: one invitation is all.",
    ),
    # Etiquette
    "too_long": Code(
        "stop",
        "R25",
        "This is longer than the network takes.",
        "Shorten it.",
    ),
    "unread": Code(
        "ask",
        "R25",
        "This is so long that its end was not checked.",
        "Shorten it, or have somebody read it.",
    ),
    "unfilled": Code(
        "stop",
        "R29",
        "This is a place that nobody filled in.",
        "Put in what belongs there, or take it out.",
    ),
    "nothing": Code("stop", "R25", "There is nothing to read in this.", "Write something."),
    "link_cost": Code(
        "note",
        "R25",
        "A link makes this post dear on this network.",
        "Leave the link out where a private message does as well.",
    ),
    "mentions": Code(
        "ask",
        "R25",
        "This draws others in by naming them.",
        "Name only the people you answer.",
    ),
    "hashtags": Code(
        "ask",
        "R25",
        "Hashtags in an apology turn it into advertising.",
        "Take the hashtags out.",
    ),
    "capitals": Code(
        "ask", "R25", "Capitals throughout read as shouting.", "Write it in small letters."
    ),
    "emoji": Code("ask", "R25", "So many emoji drown the words.", "Keep one at most."),
    "language": Code(
        "ask",
        "R25",
        "This is in another language than the complaint.",
        "Answer in the customer's language, or say that you cannot.",
    ),
    "tone": Code(
        "ask",
        "R25",
        "This is light-hearted, and the customer is not.",
        "Match the weight of what happened to them.",
    ),
    "public_turns": Code(
        "note",
        "R34",
        "This would be one public reply more than planned.",
        "Resolve it in private and come back in public once it is done.",
    ),
    "signature": Code(
        "note",
        "R27",
        "Nobody signs this.",
        "Sign with your name or initials.",
    ),
}
