"""Who is in a fresh sandbox: thirty members, two organizations, and what went on between them before."""

from datetime import datetime, timedelta

from bot.sandbox.clarity import calls
from bot.sandbox.clarity.model import CANCELED, COMPLETED, EXPERT_ANSWERED, Call, Charity, Zone
from bot.sandbox.clarity.standin import ClarityStandIn

SHARED = "bluesushi"
"""The screen name of the team's own account."""

_ZONES = {
    "PT": Zone("Pacific Time (US & Canada)", "PDT", -7.0),
    "CT": Zone("Central Time (US & Canada)", "CDT", -5.0),
    "ET": Zone("Eastern Time (US & Canada)", "EDT", -4.0),
    "AT": Zone("Atlantic Time (Canada)", "ADT", -3.0),
    "UK": Zone("London", "BST", 1.0),
    "EU": Zone("Berlin", "CEST", 2.0),
    "IN": Zone("Mumbai", "IST", 5.5),
    "JP": Zone("Tokyo", "JST", 9.0),
}

_MEMBERS: tuple[tuple[str, str, str, str, str, float, int, str, str], ...] = (
    ("alice", "Alice", "Admin", "Omaha, Nebraska", "CT", 90, 14,
     "Runs Blue Sushi: six restaurants, one text line, no regrets.",
     "Opening a second location, hiring for the floor, suppliers that keep their word."),
    ("bob", "Bob", "Baker", "Omaha, Nebraska", "CT", 45, 3,
     "Head of guest experience at Blue Sushi. Answers every text.",
     "Guest messaging, loyalty without an app, training a team to write like people."),
    ("carol", "Carol", "Chen", "Lincoln, Nebraska", "CT", 0, 1,
     "Floor manager at Blue Sushi, studying hospitality at night.", "Shifts, rosters and the Saturday rush."),
    (SHARED, "Blue", "Sushi", "Omaha, Nebraska", "CT", 60, 9,
     "The team account of Blue Sushi. Ask us about restaurants and texting your guests.",
     "Text marketing for restaurants, sustainable fish, building a brand in a small city."),
    ("ninapark", "Nina", "Park", "San Francisco, California", "PT", 240, 212,
     "Pricing for software companies. Former product lead at two that went public.",
     "SaaS pricing and packaging, moving upmarket, raising prices without losing customers."),
    ("tobiaskern", "Tobias", "Kern", "Berlin, Germany", "EU", 180, 96,
     "Growth marketing with small budgets. Three consumer apps past a million users.",
     "Growth, onboarding, retention, measuring what paid marketing really brings."),
    ("gracemwangi", "Grace", "Mwangi", "London, United Kingdom", "UK", 150, 131,
     "Fundraising coach. Helped 60 founders close seed rounds.",
     "Pitch decks, finding the right angels, running a fundraising process in six weeks."),
    ("rajiyer", "Raj", "Iyer", "Bengaluru, India", "IN", 75, 77,
     "Engineer turned founder. Built a payments company from a spare bedroom.",
     "Payments, hiring the first engineers, working with remote teams in India."),
    ("emmalefevre", "Emma", "Lefèvre", "Montréal, Québec", "ET", 120, 58,
     "Brand designer. Makes young companies look like they mean it.",
     "Brand identity, packaging, naming, working with designers as a founder."),
    ("samortiz", "Sam", "Ortiz", "Austin, Texas", "CT", 100, 64,
     "Restaurants, food trucks and the numbers behind them.",
     "Restaurant finance, food cost, menu engineering, negotiating a lease."),
    ("hiroshimori", "Hiroshi", "Mori", "Tokyo, Japan", "JP", 200, 41,
     "Imports fish and knives, exports advice. Twenty years at Toyosu market.",
     "Seafood sourcing, quality, doing business in Japan."),
    ("zoewalsh", "Zoë", "Walsh", "Halifax, Nova Scotia", "AT", 0, 305,
     "Angel investor and former founder. Calls are free, homework is not.",
     "Starting up outside of the big cities, first customers, co-founder trouble."),
    ("marcusreid", "Marcus", "Reid", "Atlanta, Georgia", "ET", 300, 88,
     "Franchise lawyer who reads the whole contract so you do not have to.",
     "Franchising, restaurant leases, contracts with suppliers, trade marks."),
    ("leasommer", "Lea", "Sommer", "Zürich, Switzerland", "EU", 220, 37,
     "Finance chief for hire. Cash first, stories later.", "Cash flow, forecasting, board reporting, venture debt."),
    ("davidokoro", "David", "Okoro", "Toronto, Ontario", "ET", 130, 72,
     "Text message marketing since the days of ringtones.",
     "SMS marketing, keywords and lists, staying on the right side of the carriers, compliance."),
    ("juliabrandt", "Julia", "Brandt", "Hamburg, Germany", "EU", 95, 49,
     "Customer support that people write thank-you notes to.",
     "Support teams, help desks, tone of voice, answering angry customers."),
    ("antoniosilva", "António", "Silva", "Lisbon, Portugal", "UK", 80, 33,
     "Search engine optimisation for local businesses.", "SEO, maps and reviews, websites that load fast."),
    ("meitan", "Mei", "Tan", "Seattle, Washington", "PT", 260, 119,
     "Operations at scale: from one kitchen to two hundred.",
     "Operations, supply chain, ghost kitchens, delivery partners."),
    ("olegpetrov", "Oleg", "Petrov", "New York, New York", "ET", 175, 54,
     "Data person. Turns receipts into decisions.", "Analytics, demand forecasting, dashboards that are looked at."),
    ("fatimahaddad", "Fatima", "Haddad", "Chicago, Illinois", "CT", 110, 66,
     "Events and catering, up to five thousand guests.", "Catering, event pricing, staffing for peaks."),
    ("willcarver", "Will", "Carver", "Denver, Colorado", "CT", 65, 22,
     "Coach for first-time managers.", "Feedback, one-on-ones, letting people go with decency."),
    ("priyashah", "Priya", "Shah", "Mumbai, India", "IN", 140, 83,
     "Product manager for marketplaces.", "Marketplaces, liquidity, trust and safety, product discovery."),
    ("larsnygaard", "Lars", "Nygaard", "Copenhagen, Denmark", "EU", 160, 45,
     "Sustainable packaging, from bowl to bin.", "Packaging, sustainability claims, circular deposits."),
    ("elenarusso", "Elena", "Russo", "Milan, Italy", "EU", 190, 51,
     "Hospitality interiors. Rooms people stay in for dessert.", "Interior design, acoustics, light, small spaces."),
    ("jamesobrien", "James", "O'Brien", "Dublin, Ireland", "UK", 85, 27,
     "Sales for people who hate selling.", "Cold e-mail, discovery calls, pricing conversations, first sales hire."),
    ("amaradiallo", "Amara", "Diallo", "Paris, France", "EU", 125, 39,
     "Public relations for food and drink.", "Press, launches, local media, crisis communication."),
    ("kenjiwatanabe", "Kenji", "Watanabe", "Vancouver, British Columbia", "PT", 210, 92,
     "Mobile apps for retail. Shipped forty of them.", "Mobile apps, loyalty programs, point of sale integrations."),
    ("ruthgoldman", "Ruth", "Goldman", "Boston, Massachusetts", "ET", 350, 147,
     "Board member and buyer of companies.", "Selling a company, due diligence, valuation, boards."),
    ("diegoflores", "Diego", "Flores", "Moncton, New Brunswick", "AT", 55, 18,
     "Community builder. Turns guests into regulars.", "Community, membership clubs, word of mouth."),
    ("hannahlind", "Hannah", "Lind", "Stockholm, Sweden", "EU", 145, 61,
     "Recruiter for hospitality and retail.", "Recruiting, employer brand, keeping people for more than a season."),
)  # fmt: skip
"""Screen name, names, place, time zone, dollars per hour, calls so far, bio, expertise."""

_CHARITIES = {
    "zoewalsh": Charity("Harbour Food Bank", "https://foodbank.example", 4210.5),
    "meitan": Charity("Kitchens for All", "https://kitchens.example", 1137.15),
}

_ORGANIZATIONS = (
    ("startupkitchen", "Startup Kitchen", "Founders who feed people, and those who help them.",
     (SHARED, "alice", "bob", "samortiz", "hiroshimori", "meitan", "fatimahaddad", "elenarusso", "larsnygaard")),
    ("prairiefounders", "Prairie Founders", "Building companies between the coasts.",
     (SHARED, "alice", "carol", "zoewalsh", "willcarver", "davidokoro", "gracemwangi", "jamesobrien")),
)  # fmt: skip
"""Name in the address, name, description, members."""

_NEEDS = (
    (130.0, "zoewalsh", "Who has moved a restaurant's text list to another provider and lost nobody?", True),
    (52.0, "samortiz", "Looking for a landlord-side view on percentage rents. Half an hour is enough.", True),
    (20.0, "carol", "I would like to hear from a floor manager who became a general manager.", False),
    (6.5, "meitan", "Who has run two delivery partners side by side and lived to tell?", False),
)  # fmt: skip
"""Hours ago, who, what, paid."""

_CALLS = (
    (290.0, "ninapark", SHARED, "Should catering have its own price list?", 1123),
    (170.0, "samortiz", "alice", "Food cost at the second location", 1904),
    (98.0, SHARED, "diegoflores", "How do you get guests to join a text list?", 842),
    (75.0, "marcusreid", "alice", "Is our lease renewal clause usual?", None),
    (30.0, "davidokoro", "bob", "Keywords for the lunch crowd", 479),
    (26.0, "bob", "juliabrandt", "Answering texts in the evening", None),
)
"""Hours ago, expert, seeker, reason, and the seconds they spoke; None where it was canceled."""

_PENDING = (
    (3.0, SHARED, "elenarusso", "Which seats do your guests ask for?", 72),
    (1.2, "alice", "diegoflores", "What would you do differently with your first restaurant?", 24),
    (9.0, "hiroshimori", SHARED, "Buying bluefin responsibly", 72),
)
"""Hours ago, expert, seeker, reason, hours it is good for."""

_MESSAGES = (
    (171.0, "samortiz", "alice", "Bring last month's invoices, we will go through them line by line."),
    (168.0, "alice", "samortiz", "That was worth every minute. Thank you!"),
    (31.0, "davidokoro", "bob", "Hey Bob, what does your list look like today?"),
    (30.8, "bob", "davidokoro", "About two thousand people, half of them regulars."),
    (29.0, "davidokoro", "bob", "Then start with one keyword only. I will send you examples."),
    (12.0, SHARED, "hiroshimori", "We changed our supplier in March and would love your view."),
    (4.0, "hiroshimori", SHARED, "Gladly. Is it line caught?"),
    (2.5, "elenarusso", SHARED, "I am in Omaha next week, could we also meet in person?"),
)
"""Hours ago, from, to, what."""


def furnish(standin: ClarityStandIn) -> None:
    """Give the site its members and organizations, and a past that ends now."""
    now = standin.site.now()
    for number, row in enumerate(_MEMBERS):
        _add_member(standin, row, now - timedelta(hours=7 + 5 * number))
    for slug, name, description, members in _ORGANIZATIONS:
        standin.add_organization(slug, name, description, members).featured = slug == "startupkitchen"
    for hours, who, what, paid in _NEEDS:
        standin.someone_posts_need(who, what, paid=paid).created_at = now - timedelta(hours=hours)
    for hours, expert, seeker, reason, seconds in _CALLS:
        _end(_ask(standin, now - timedelta(hours=hours), expert, seeker, reason, 72), seconds)
    for hours, expert, seeker, reason, good_for in _PENDING:
        _ask(standin, now - timedelta(hours=hours), expert, seeker, reason, good_for)
    for hours, sender, to, text in _MESSAGES:
        standin.someone_writes(sender, to, text).at = now - timedelta(hours=hours)


def _add_member(
    standin: ClarityStandIn, row: tuple[str, str, str, str, str, float, int, str, str], at: datetime
) -> None:
    screen_name, first, last, place, zone, rate, given, bio, expertise = row
    known = given > 20
    standin.add_member(
        screen_name,
        first,
        last,
        rate=rate,
        email=f"{screen_name}@blue.sushi" if place.endswith("Nebraska") else None,
        location=place,
        zone=_ZONES[zone],
        bio=bio,
        expertise=expertise,
        calls=given,
        views=given * 13 + len(bio),
        talk_seconds=600 + given * 3,
        charity=_CHARITIES.get(screen_name),
        twitter=screen_name,
        linkedin=f"https://linkedin.example/in/{screen_name}" if known else None,
        seen_at=at,
    )


def _ask(standin: ClarityStandIn, at: datetime, expert: str, seeker: str, reason: str, hours: int) -> Call:
    call = standin.someone_requests(expert, seeker, reason, hours)
    call.created_at = call.updated_at = at
    call.expires_at = at + timedelta(hours=hours)
    return call


def _end(call: Call, seconds: int | None) -> None:
    """They spoke two hours after it was asked for, or the expert declined."""
    connected = call.created_at + timedelta(hours=2)
    if seconds is None:
        calls.become(call, CANCELED, connected, call.expert_id)
    else:
        calls.become(call, EXPERT_ANSWERED, connected)
        calls.become(call, COMPLETED, connected + timedelta(seconds=seconds))
