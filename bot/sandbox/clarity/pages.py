"""The pages a browser sees: who may use an account, what went wrong, and a member's or organization's own page."""

from collections.abc import Iterable

from jinja2 import DictLoader, Environment

from bot.sandbox.clarity.model import Member, Organization
from bot.sandbox.clarity.shapes import picture_url
from bot.sandbox.clarity.site import Site

_FRAME = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{% block title %}Clarity{% endblock %} · Clarity sandbox</title>
<style>
  * { box-sizing: border-box; }
  body { margin: 0; background: #f2f4f6; color: #22303c;
         font: 16px/1.5 system-ui, "Helvetica Neue", Arial, sans-serif; }
  main { max-width: 460px; margin: 6vh auto; padding: 28px 32px; background: #fff; border-radius: 10px;
         box-shadow: 0 1px 4px rgba(0, 0, 0, .12); }
  .brand { color: #1b7f79; font-weight: 700; letter-spacing: .02em; }
  .brand small { color: #5b6b78; font-weight: 400; }
  h1 { margin: 10px 0 6px; font-size: 22px; line-height: 1.3; }
  p { margin: 6px 0 14px; }
  fieldset { margin: 0 0 18px; padding: 0; border: 0; }
  legend { padding: 0; margin-bottom: 6px; font-weight: 600; }
  .people { max-height: 42vh; overflow-y: auto; border: 1px solid #ccd4da; border-radius: 8px; }
  label { display: flex; align-items: center; gap: 10px; padding: 7px 12px; cursor: pointer; }
  label + label { border-top: 1px solid #e6eaed; }
  label:hover, label:has(:checked) { background: #e8f4f3; }
  img { width: 36px; height: 36px; border-radius: 50%; }
  img.large { width: 84px; height: 84px; }
  label small, .quiet { color: #5b6b78; }
  .name { display: block; line-height: 1.25; }
  button { padding: 9px 26px; border: 1px solid #1b7f79; border-radius: 6px; font: inherit; font-weight: 600;
           cursor: pointer; }
  button.allow { background: #1b7f79; color: #fff; }
  button.deny { margin-left: 8px; background: #fff; color: #1b7f79; }
  :focus-visible { outline: 3px solid #8fd0cb; outline-offset: 1px; }
</style>
</head>
<body><main>
<div class="brand">Clarity <small>sandbox</small></div>
{% block body %}{% endblock %}
</main></body>
</html>
"""

_AUTHORIZE = """{% extends "frame" %}
{% block title %}Allow access{% endblock %}
{% block body %}
<h1>{{ application }} wants to use your Clarity account</h1>
<p>It will see your profile, calls, needs and messages, and can request, connect and write in your name.</p>
<form method="post" action="/oauth/decision">
<input type="hidden" name="request" value="{{ request }}">
<fieldset>
<legend>Which sandbox member are you?</legend>
<div class="people">
{% for member, picture in members %}
<label><input type="radio" name="member" value="{{ member.id }}"{% if loop.first %} checked{% endif %}>
<img src="{{ picture }}" alt=""><span><span class="name">{{ member.name }}</span>
<small>@{{ member.screen_name }} · {{ member.location }}</small></span></label>
{% endfor %}
</div>
</fieldset>
<button class="allow" name="answer" value="allow">Allow</button>
<button class="deny" name="answer" value="deny">Deny</button>
</form>
{% endblock %}
"""

_PROBLEM = """{% extends "frame" %}
{% block title %}This did not work{% endblock %}
{% block body %}<h1>This did not work</h1><p>{{ sentence }}</p>{% endblock %}
"""

_PROFILE = """{% extends "frame" %}
{% block title %}{{ name }}{% endblock %}
{% block body %}
<p><img class="large" src="{{ picture }}" alt=""></p>
<h1>{{ name }}</h1>
<p class="quiet">{{ facts | join(" · ") }}</p>
{% for text in texts if text %}<p>{{ text }}</p>{% endfor %}
{% endblock %}
"""

_PAGES = Environment(
    loader=DictLoader({"frame": _FRAME, "authorize": _AUTHORIZE, "problem": _PROBLEM, "profile": _PROFILE}),
    autoescape=True,
    trim_blocks=True,
)


def authorize(site: Site, application: str, request: str, members: Iterable[Member]) -> str:
    """The page on which a person says who they are, and Allow or Deny; ``request`` comes back with the answer."""
    pictured = [(member, picture_url(site, member)) for member in members]
    return _PAGES.get_template("authorize").render(application=application, request=request, members=pictured)


def problem(sentence: str) -> str:
    """The page that says why a browser cannot go on."""
    return _PAGES.get_template("problem").render(sentence=sentence)


def profile(site: Site, slug: str) -> str | None:
    """The page of the member or organization with that name in its ``clarity_url``; None for nobody."""
    for member in site.state.members.values():
        if member.screen_name == slug:
            return _member(site, member)
    for organization in site.state.organizations.values():
        if organization.slug == slug:
            return _organization(site, organization)
    return None


def _member(site: Site, member: Member) -> str:
    return _PAGES.get_template("profile").render(
        name=member.name,
        picture=picture_url(site, member),
        facts=[f"@{member.screen_name}", member.location, f"${member.hourly_rate:.2f} per hour"],
        texts=[member.bio, member.expertise],
    )


def _organization(site: Site, organization: Organization) -> str:
    return _PAGES.get_template("profile").render(
        name=organization.name,
        picture=f"{site.origin}/pictures/organizations/{organization.id}.svg",
        facts=[f"{len(organization.member_ids)} members"],
        texts=[organization.description],
    )
