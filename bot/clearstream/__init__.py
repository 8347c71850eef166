"""Clearstream's API as a library: typed answers, checks before sending, errors that can be told.

``client`` the endpoints · ``models`` what they answer · ``sms`` what fits into a text · ``numbers`` phone numbers ·
``webhooks`` what Clearstream tells by itself. Knows nothing of Slack or of where things are stored.
"""

from bot.clearstream.audience import Search
from bot.clearstream.client import BASE_URL, Clearstream

__all__ = ["BASE_URL", "Clearstream", "Search"]
