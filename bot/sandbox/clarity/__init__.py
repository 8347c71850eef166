"""A strict, stateful stand-in of Clarity, its API and its OAuth pages, on a real loopback socket.

It is written from the API document alone and shares no code with the bot's own client, so that each checks the other.
"""

from bot.sandbox.clarity.cast import furnish
from bot.sandbox.clarity.model import Call, Member, Message, Need, Organization
from bot.sandbox.clarity.refusal import Refusal
from bot.sandbox.clarity.site import Oddities, Pace
from bot.sandbox.clarity.standin import ClarityStandIn
from bot.sandbox.faults import Fault, Faults, Rule
from bot.sandbox.requests import RequestInfo

__all__ = [
    "Call",
    "ClarityStandIn",
    "Fault",
    "Faults",
    "Member",
    "Message",
    "Need",
    "Oddities",
    "Organization",
    "Pace",
    "Refusal",
    "RequestInfo",
    "Rule",
    "furnish",
]
