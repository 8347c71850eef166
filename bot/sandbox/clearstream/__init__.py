"""A strict, stateful stand-in of the Clearstream API on a real loopback socket.

It is written from the API document alone and shares no code with the bot's own client, so that each checks the other.
"""

from bot.sandbox.clearstream.line import Oddities, Pace
from bot.sandbox.clearstream.model import PhoneText, Reply
from bot.sandbox.clearstream.refusal import Refusal
from bot.sandbox.clearstream.standin import ClearstreamStandIn
from bot.sandbox.faults import Fault, Faults, Rule
from bot.sandbox.requests import RequestInfo

__all__ = [
    "ClearstreamStandIn",
    "Fault",
    "Faults",
    "Oddities",
    "Pace",
    "PhoneText",
    "Refusal",
    "Reply",
    "RequestInfo",
    "Rule",
]
