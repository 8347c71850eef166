"""How the account looks: whatever Clearstream says, Slack takes it, and the words say the same as the chart."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clearstream.models import Account, Keyword, KeywordPage, Page, User
from bot.sandbox.slack.blockkit import message_complaints, view_complaints
from bot.services.account import Figures
from bot.services.keyword_answers import Answer
from bot.services.keywords import SETTINGS, Fields
from bot.slack.account import blocks, ids, stat_blocks, told, views
from tests.slack.drawn import WILD, markup

counts = st.none() | st.integers(0, 10**9)
totals = st.none() | st.fixed_dictionaries({"total": counts, "rate": st.none() | st.floats(0, 1)})
accounts = st.fixed_dictionaries(
    {},
    optional={
        "business": st.none() | WILD,
        "status": st.none() | WILD,
        "phone": st.none() | WILD | st.just("+12005551000"),
        "credits": counts,
        "next_billing_date": st.none() | WILD | st.just("2016-07-01"),
        "plan": st.fixed_dictionaries({"name": st.none() | WILD, "cost": st.none() | st.floats(0, 1e6)}),
        "stats": st.fixed_dictionaries(
            {
                "opt_ins": st.fixed_dictionaries(
                    {
                        "past_7_days": st.fixed_dictionaries(
                            {
                                "total": counts,
                                "chart": st.fixed_dictionaries(
                                    {"day": st.dictionaries(st.dates().map(str), st.integers(0, 10**6), max_size=30)}
                                ),
                            }
                        )
                    }
                ),
                "opt_outs": totals.filter(lambda one: one is not None),
            }
        ),
    },
)


@settings(max_examples=40)
@given(accounts, st.none() | st.sampled_from(["UTC", "Europe/Berlin"]))
def test_figures_are_drawn_whatever_they_are(said: dict[str, Any], asked: str | None) -> None:
    """With a chart of at most twenty days, each of which the words name with the same number."""
    figures = Figures(Account.model_validate(said), asked or "UTC", asked)
    drawn, words = stat_blocks.stats(figures), stat_blocks.stats_text(figures)
    assert message_complaints(drawn) == []
    for block in drawn:
        for point in block["chart"]["series"][0]["data"] if block["type"] == "data_visualization" else ():
            assert f"{point['label']}: {point['value']:,}" in words
    assert "<!" not in words
    assert "<" not in markup(drawn)


users = st.builds(User, email=WILD, name=st.none() | WILD, timezone=st.none() | WILD, owner=st.none() | st.booleans())


@settings(max_examples=40)
@given(st.lists(users, max_size=60))
def test_a_team_of_any_size_is_drawn(team: list[User]) -> None:
    """Fifty blocks at the most."""
    assert message_complaints(stat_blocks.team(team)) == []


keywords = st.builds(
    lambda name, lists, setting, body: Keyword.model_validate(
        {
            "name": name,
            "shortcode": "55498",
            "autoresponse": {"enabled": bool(setting), "text": {"header": "A", "body": body}, "setting": setting},
            "opt_in": {"enabled": bool(lists), "lists": [{"id": number, "name": one} for number, one in lists]},
        }
    ),
    st.from_regex(r"[A-Za-z0-9]{4,25}", fullmatch=True),
    st.lists(st.tuples(st.integers(1, 99), st.none() | WILD), max_size=30),
    st.none() | st.sampled_from([*SETTINGS, "SOMETIMES"]),
    WILD,
)


@settings(max_examples=40)
@given(st.lists(keywords, max_size=8, unique_by=lambda one: one.name), st.none() | st.integers(0, 9))
def test_any_keywords_are_listed(found: list[Keyword], available: int | None) -> None:
    """And each opens in its modal, whose fields say the same."""
    page: KeywordPage = Page(tuple(found), available=available, total=20)
    answers = {one.name.casefold(): Answer("A", "B" * 156) for one in found}
    assert message_complaints(blocks.listing(blocks.Shown(page, 1, answers), lambda: "d" * 32, "Done.")) == []
    for keyword in found:
        fields = Fields.of(keyword)
        assert Fields.unpacked(fields.packed()) == fields
        draft = ids.KeywordDraft(draft="d", name=keyword.name, seen=fields.digest)
        wrong = dict.fromkeys(("lists", "reply", "header", "body"), "Not so.")
        assert view_complaints(views.form(views.Form(draft, fields, (), "Told.", wrong)), "modal") == []


uses = st.fixed_dictionaries(
    {
        "number": st.none() | WILD | st.just("+12005551000"),
        "name": st.none() | WILD,
        "keyword": WILD,
        "text": st.none() | WILD | st.text(min_size=1500, max_size=1600),
        "answer": st.none() | st.just({"header": "A", "body": "B" * 156}),
    }
)


@settings(max_examples=40)
@given(st.lists(uses, min_size=1, max_size=20), st.integers(0, 480))
def test_used_keywords_are_told_whoever_texted_what(found: list[dict[str, Any]], more: int) -> None:
    """A stranger's words are words."""
    text, drawn = told.keyword_used({"uses": found, "more": more})
    assert message_complaints(drawn) == []
    assert "<" not in text
