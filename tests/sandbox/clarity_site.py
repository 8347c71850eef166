"""The members of the document's samples, and a client for each, for the tests of the Clarity stand-in."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx

from bot.sandbox.clarity import ClarityStandIn, Member
from bot.sandbox.clarity.model import Charity, Zone
from tests.clock import WoundClock

START = datetime(2012, 8, 3, 12, 10, 46, tzinfo=UTC)
SEEKER, DAN, JUSTIN, OTHER, NEEDY, VINCENT = 6, 7, 66, 172, 771, 940
CALLBACK = "http://127.0.0.1:3000/clarity/callback"

_MEMBERS = (
    Member(SEEKER, "sue", "Sue", "Seeker", "sue@example.com", hourly_rate=Decimal(100), location="Austin, Texas"),
    Member(
        DAN,
        "danmartell",
        "Dan",
        "Martell",
        "dan@example.com",
        bio="Canadian Entrepreneur. Founder of Clarity.fm",
        expertise="I love technology, product and marketing.",
        location="San Francisco, California",
        zone=Zone("Atlantic Time (Canada)", "ADT", -3.0),
        gender="male",
        twitter="danmartell",
        linkedin="https://linkedin.example/danmartell",
        facebook="https://facebook.example/829175116",
        charity=Charity("charity: water", "http://www.charitywater.org/", 1137.15),
        calls=450,
        talk_seconds=750,
        response_seconds=89544,
        views=2645,
    ),
    Member(JUSTIN, "justinvaillancourt", "Justin", "Vaillancourt", "j@example.com", location="Moncton, New Brunswick"),
    Member(OTHER, "otto", "Otto", "Ottersen", "otto@example.com"),
    Member(NEEDY, "nell", "Nell", "Needy", "nell@example.com"),
    Member(
        VINCENT,
        "vincentroy",
        "Vincent",
        "Roy",
        "vincent@example.com",
        hourly_rate=Decimal(20),
        location="Moncton, New Brunswick",
    ),
)


def documented(clock: WoundClock, **settings: Any) -> ClarityStandIn:
    """A site with the members of the samples, all but Sue in one organization; its time is ``clock``'s."""
    settings = {"redirect_uris": [CALLBACK], "tick_seconds": None, **settings}
    standin = ClarityStandIn(now=clock.now, **settings)
    standin.state.members.update({member.id: replace(member) for member in _MEMBERS})
    fellows = (OTHER, JUSTIN, VINCENT, NEEDY, DAN)
    standin.add_organization("startupweekend", "Startup Festival", "International Startup Festival", fellows)
    return standin


def client(standin: ClarityStandIn, who: int | str) -> httpx.AsyncClient:
    """A plain HTTP client with a token of that member."""
    token = {"oauth_token": standin.token(who)}
    return httpx.AsyncClient(base_url=standin.api_url, params=token, verify=False)
