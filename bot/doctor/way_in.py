"""The way in: whether the world reaches the process at ``PUBLIC_URL``, and whether that is this installation."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.doctor.findings import Check, Finding, several
from bot.doctor.times import Now
from bot.errors import BadRequest, NotFound, SettingsError, Unauthorized, UpstreamError
from bot.http import Answer, ApiClient, expand
from bot.manifest import PATH
from bot.settings import Settings

PUBLIC = Check("public_url", "PUBLIC_URL")
SIGNED = Check("slack.signing_secret", "SLACK_SIGNING_SECRET")
WEBHOOK = Check("webhook", "Clearstream's webhook")
CHECKS = (SIGNED, PUBLIC, WEBHOOK)

SLACK = "Slack's requests"
LOGINS = "connecting Clarity accounts"

_FORM = {"ssl_check": "1"}
"""What Slack asks to see whether anybody is there; its answer is empty, and nothing comes of it."""
_FORM_AS_SENT = b"ssl_check=1"
_EVERYWHERE = "0.0.0.0"  # noqa: S104  # nosec B104 # what HOST may say; nothing listens here
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_BADLY_NAMED = ("[Errno -", "SSL")
"""What the resolver's and the certificate's complaints have in them."""
_LEAD_HERE = "Let PUBLIC_URL lead to the HOST and PORT of this installation."
_NOT_THERE = "PUBLIC_URL does not answer."


@dataclass(frozen=True)
class WayIn:
    """What is asked of the process itself."""

    settings: Settings
    now: Now
    seconds: float

    async def run(self) -> list[Finding]:
        """Whether it answers, then whether it takes what Slack and Clearstream send."""
        public, answers = await self._public()
        return [await self._signed(answers), public, await self._webhook(answers)]

    @property
    def _needed(self) -> list[str]:
        """What does not work without it."""
        given = self.settings
        wants = {
            SLACK: given.slack_app_token is None,
            LOGINS: given.clarity_client_id is not None,
            WEBHOOK.title: given.clearstream_webhook_key is not None,
        }
        return [what for what, wanted in wants.items() if wanted]

    async def _public(self) -> tuple[Finding, bool]:
        """What was found at the address, and whether it is this installation."""
        given, named = self.settings.public_url, "public_url" in self.settings.model_fields_set
        if not self._needed and not named:
            return PUBLIC.skipped("Not set, and nothing needs it."), False
        try:
            answer = await self._ask(given, "GET", "/healthz")
        except SettingsError as error:
            return PUBLIC.failed(str(error), "Write an address that begins with https://."), False
        except UpstreamError as error:
            return await self._unwelcome(error, named=named), False
        told = answer.body if isinstance(answer.body, dict) else {}
        if told.get("installation") != self.settings.installation:
            what = "another installation" if told.get("installation") else "something else"
            return PUBLIC.failed(f"At {given} there is {what}.", _LEAD_HERE), False
        return from_outside(self.settings, self._needed), True

    async def _unwelcome(self, error: UpstreamError, *, named: bool) -> Finding:
        where, status = f"{self.settings.public_url}/healthz", error.status
        if status is None or status >= 500:
            return await self._silent(error, named=named)
        if status < 400:
            return PUBLIC.failed(f"{where} leads elsewhere ({status}).", "Write the address it leads to in PUBLIC_URL.")
        return PUBLIC.failed(f"{where} answers {status}: something else is there.", _LEAD_HERE)

    async def _silent(self, error: UpstreamError, *, named: bool) -> Finding:
        """Nobody is there, or a proxy that finds nobody."""
        why = str(error.status or error.__cause__ or "in time")
        runs = await self._runs_here()
        message = f"Nothing answers at {self.settings.public_url}/healthz ({why})"
        message += f": {several(self._needed)} cannot work." if self._needed else "."
        mend = (
            f"Let it lead to {self._here}, where Switchboard listens." if runs
            else "Start `switchboard serve`, and run this again beside it."
        )  # fmt: skip
        if any(sign in why for sign in _BADLY_NAMED):
            mend = "Mend the name or the certificate of the address in PUBLIC_URL."
        return PUBLIC.failed(message, mend) if self._needed and (named or runs) else PUBLIC.doubtful(message, mend)

    async def _signed(self, answers: bool) -> Finding:
        secret = self.settings.slack_signing_secret
        if self.settings.slack_app_token is not None or secret is None:
            return SIGNED.skipped("Not used: Slack comes in by Socket Mode.")
        if not answers:
            return SIGNED.skipped(_NOT_THERE)
        stamp = str(int(self.now().timestamp()))
        key = secret.get_secret_value().encode()
        signature = hmac.new(key, b"v0:%s:%s" % (stamp.encode(), _FORM_AS_SENT), hashlib.sha256).hexdigest()
        headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={signature}"}
        try:
            await self._ask(self.settings.public_url, "POST", PATH, headers=headers, form=_FORM)
        except Unauthorized:
            message = "The process at PUBLIC_URL does not take what is signed with it."
            return SIGNED.failed(message, "Start that process anew with this SLACK_SIGNING_SECRET.")
        except UpstreamError as error:
            message = f"{PATH} at PUBLIC_URL does not take what Slack sends ({error.status or 'no answer'})."
            return SIGNED.failed(message, f"Let the proxy pass POST {PATH} on, and start it without SLACK_APP_TOKEN.")
        if len(key) != 32:
            mend = "Compare it with “Signing Secret” under “Basic Information” of your app."
            return SIGNED.doubtful("It is not 32 characters long, as Slack's are.", mend)
        return SIGNED.well("What is signed with it is taken at PUBLIC_URL; whether it is Slack's, only Slack knows.")

    async def _webhook(self, answers: bool) -> Finding:
        key = self.settings.clearstream_webhook_key
        if key is None:
            return WEBHOOK.skipped("CLEARSTREAM_WEBHOOK_KEY is not set: texts are found by asking for them.")
        if self.settings.clearstream_api_key is None:
            return WEBHOOK.skipped("It is of no use without CLEARSTREAM_API_KEY.")
        return await self._hook(key.get_secret_value()) if answers else WEBHOOK.skipped(_NOT_THERE)

    async def _hook(self, key: str) -> Finding:
        path = expand("/webhooks/clearstream/{key}", key=key)
        try:
            # An event that is none: it is looked at only where the key is right, and refused.
            await self._ask(self.settings.public_url, "POST", path, secrets=(key,), json={})
        except BadRequest:
            return WEBHOOK.well("It is taken at PUBLIC_URL + /webhooks/clearstream/<key>.")
        except NotFound:
            message = "The process at PUBLIC_URL has another key, or none."
            return WEBHOOK.failed(message, "Start that process anew with this CLEARSTREAM_WEBHOOK_KEY.")
        except UpstreamError as error:
            message = f"PUBLIC_URL + /webhooks/clearstream/<key> does not take it ({error.status or 'no answer'})."
            return WEBHOOK.failed(message, "Let the proxy pass POST requests to /webhooks/clearstream/ on.")
        return WEBHOOK.failed("Something else takes it.", "Let PUBLIC_URL lead to this installation alone.")

    @property
    def _here(self) -> str:
        host = {_EVERYWHERE: "127.0.0.1", "::": "::1"}.get(self.settings.host, self.settings.host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.settings.port}"

    async def _runs_here(self) -> bool:
        """Whether this installation answers where it listens, if that is elsewhere."""
        if _is_local(self.settings.public_url) and urlsplit(self.settings.public_url).port == self.settings.port:
            return False
        try:
            answer = await self._ask(self._here, "GET", "/healthz")
        except (UpstreamError, SettingsError):
            return False
        return isinstance(answer.body, dict) and answer.body.get("installation") == self.settings.installation

    async def _ask(
        self,
        base: str,
        method: str,
        path: str,
        *,
        headers: dict[str, str] | None = None,
        secrets: tuple[str, ...] = (),
        form: dict[str, str] | None = None,
        json: object = None,
    ) -> Answer:
        route = path if not secrets else "/webhooks/clearstream/{key}"
        async with ApiClient(
            service="PUBLIC_URL", base_url=base, headers=headers, secrets=secrets, timeout=self.seconds
        ) as api:
            return await api.request(method, path, route=route, form=form, json=json, plain=True)


def from_outside(settings: Settings, needed: Sequence[str]) -> Finding:
    """What can be told of an address at which this installation answers; ``needed`` is what depends on it."""
    well = PUBLIC.well("This installation answers there.")
    parts, outside = urlsplit(settings.public_url), [what for what in needed if what != LOGINS]
    if not needed or parts.scheme == "https" or _is_local(settings.slack_api_url):
        return well
    by_http = SLACK in needed
    if _is_local(settings.public_url):
        if not outside:
            return well
        message = f"This installation answers there, but only on this machine: {several(outside)} cannot work."
        told = PUBLIC.failed if by_http else PUBLIC.doubtful
        return told(message, "Set PUBLIC_URL to an https:// address that leads here from the internet.")
    mend = "Put a proxy with a certificate before it, and write https://."
    if by_http:
        return PUBLIC.failed("This installation answers there, but Slack sends only to https://.", mend)
    return PUBLIC.doubtful("This installation answers there, but what is sent can be read on the way.", mend)


def _is_local(url: str) -> bool:
    return urlsplit(url).hostname in _LOOPBACK
