"""One HTTP client for every JSON API we call; the only package that knows httpx.

``client`` makes a request · ``routes`` is what the parts of any API have in common ·
``transport`` holds credentials, connections and retries of reads · ``answers`` reads what came back ·
``failures`` turns what went wrong into an error a person can be told.
"""

from bot.http.answers import expand, parse_json
from bot.http.client import Answer, ApiClient, Observe

__all__ = ["Answer", "ApiClient", "Observe", "expand", "parse_json"]
