"""The site's errors, in the form the site has for them."""

from bot.sandbox.answer import Answer
from bot.sandbox.clarity.refusal import Refusal
from bot.sandbox.clarity.site import Oddities


def refused(refusal: Refusal, odd: Oddities) -> Answer:
    """An error of the API."""
    match odd.errors:
        case "json":
            return Answer.json(refusal.status, refusal.body())
        case "text":
            return Answer(refusal.status, str(refusal), "text/plain")
        case "empty":
            return Answer(refusal.status, "", "text/plain")
