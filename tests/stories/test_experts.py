"""Finding experts as people do: searched, shown, shared."""

from functools import partial

from bot.sandbox.slack.model import Message
from tests.club import Club


async def search(club: Club, words: str) -> str:
    """What Alice sees after searching."""
    return (await club.expert(club.alice, f"search {words}")).text()


def changed(message: Message, before: str) -> bool:
    """Whether a message reads otherwise than before."""
    return message.text() != before


async def test_experts_are_shown_as_cards(lounge: Club) -> None:
    """A card has photo, name, rate per hour, place and bio, with Request call and Profile; the fallback says it all."""
    said = await search(lounge, "pricing")
    for words in ("Nina Park", "$240.00 per hour", "San Francisco, California", "Pricing for software companies"):
        assert words in said
    message = lounge.alice.ephemerals()[-1]
    assert {"Request call", "Profile"} <= set(lounge.alice.buttons(message))
    for words in ("Nina Park", "$240.00", "San Francisco", "Pricing for software"):
        assert words in message.fallback
    nina = next(e for block in message.blocks if block["type"] == "carousel" for e in block["elements"]
                if e["title"]["text"] == "Nina Park")  # fmt: skip
    assert nina["icon"]["image_url"].startswith("http")


async def test_more_pages_by_ten_in_place(lounge: Club) -> None:
    """**More** turns to the next ten where the first stood; on the last page there is no More."""
    await search(lounge, "a")
    message = lounge.alice.ephemerals()[-1]
    shown: set[str] = set()
    count = len(lounge.alice.ephemerals())
    while "More" in lounge.alice.buttons(message):
        page = {e["title"]["text"] for b in message.blocks if b["type"] == "carousel" for e in b["elements"]}
        assert len(page) == 10
        assert not page & shown
        shown |= page
        before = message.text()
        await lounge.alice.click("More", message)
        await lounge.until(partial(changed, message, before), "the next page")
    assert len(shown) >= 20
    assert len(lounge.alice.ephemerals()) == count


async def test_a_search_needs_words(lounge: Club) -> None:
    """An empty search says what to type and asks Clarity nothing."""
    mark = lounge.clarity.log.mark()
    assert "/expert search pricing" in await search(lounge, "")
    assert not lounge.clarity.requests_since(mark, path="search")


async def test_nobody_found(lounge: Club) -> None:
    """A search without hits says so, with what was looked for shown as plain characters."""
    said = await search(lounge, "<!channel> zzz")
    assert "No expert found" in said
    assert "zzz" in said


async def test_somebody_is_shown_however_they_are_named(lounge: Club) -> None:
    """By screen name, id, e-mail and @twitter, with what one can do there."""
    nina = lounge.clarity.member("ninapark")
    for name in (
        "ninapark",
        str(nina.id),
        "ninapark@example.com",
        "@ninapark",
        "<mailto:ninapark@example.com|ninapark@example.com>",
    ):
        shown = await lounge.expert(lounge.alice, f"show {name}")
        assert "Nina Park" in shown.text(), name
        assert lounge.alice.buttons(shown) == ["Request call", "Message", "Share", "On Clarity"]


async def test_nobody_is_offered_a_call_with_themselves(lounge: Club) -> None:
    """One's own card and profile have neither Request call nor Message; everybody else's have."""
    await lounge.log_in(lounge.alice, "alice")
    own = await lounge.expert(lounge.alice, "show alice")
    assert lounge.alice.buttons(own) == ["Share", "On Clarity"]
    found = await lounge.expert(lounge.alice, "search Alice Admin")
    cards = {e["title"]["text"]: e["actions"] for b in found.blocks if b["type"] == "carousel" for e in b["elements"]}
    assert [press["text"]["text"] for press in cards["Alice Admin"]] == ["Profile"]


async def test_nobody_is_called_so(lounge: Club) -> None:
    """A member there is not has a sentence of their own, with what to do next."""
    await lounge.alice.command("/expert", "show nosuchperson")
    said = await lounge.told(lounge.alice, "nosuchperson")
    assert "no member" in said
    assert "/expert search" in said


async def test_a_profile_is_shared_with_the_channel_once(lounge: Club) -> None:
    """Profile on a card shows all; Share posts it to the channel for everybody, pressed twice too."""
    await search(lounge, "pricing")
    nina = lounge.clarity.member("ninapark").id
    await lounge.alice.click("Profile", block=f"member:{nina}")
    await lounge.until(lambda: "Share" in lounge.alice.buttons(lounge.alice.ephemerals()[-1]), "the profile")
    profile = lounge.alice.ephemerals()[-1]
    await lounge.alice.click("Share", profile)
    await lounge.alice.click("Share", profile)
    await lounge.told(lounge.alice, "shared this profile already")
    posted = [m for m in lounge.bob.messages("texts") if "Nina Park" in m.text()]
    assert len(posted) == 1
    assert "Pricing for software companies" in posted[0].text()
    assert lounge.bob.buttons(posted[0]) == ["Request call", "On Clarity"]


async def test_the_shortcut_finds_experts_in_a_modal(lounge: Club) -> None:
    """**Find an expert** asks for words and shows who was found, with Request call and Profile."""
    await lounge.alice.shortcut("Find an expert")
    await lounge.until(lambda: lounge.alice.modal, "the modal")
    await lounge.alice.type("Find an expert", "pricing")
    await lounge.alice.submit()
    await lounge.until(lambda: "Nina Park" in lounge.window(lounge.alice).text(), "who was found")
    assert {"Request call", "Profile"} <= set(lounge.alice.buttons(lounge.window(lounge.alice)))


async def test_markup_in_clarity_s_words_is_plain(lounge: Club) -> None:
    """A member's name and bio can neither ping nor fake anything."""
    lounge.clarity.add_member(
        "trick", "<!channel>", "*Boss*", rate=5, bio="<https://evil.example|Click> <!here> pricingtrick"
    )
    said = await search(lounge, "pricingtrick")
    assert "<!channel> *Boss*" in said
    message = lounge.alice.ephemerals()[-1]
    assert message.pings == []
    await lounge.alice.click("Profile", message)
    await lounge.until(lambda: "Share" in lounge.alice.buttons(lounge.alice.ephemerals()[-1]), "the profile")
    await lounge.alice.click("Share", lounge.alice.ephemerals()[-1])
    await lounge.until(lambda: "*Boss*" in lounge.alice.messages("texts")[-1].text(), "shared")
    assert set(lounge.alice.messages("texts")[-1].pings) <= {lounge.alice.user.id}


async def test_clarity_down_and_senseless(lounge: Club) -> None:
    """Where Clarity is down or answers garbage there is a sentence with a reference, and nothing else happens."""
    for fault, words in (
        ("unavailable", "down for maintenance"),
        ("garbage", "makes no sense"),
        ("error_before", "failed"),
    ):
        lounge.clarity.faults.add(fault, path="search", count=5, retry_after=None)
        said = await search(lounge, "pricing")
        assert words in said
        assert "reference" in said
        lounge.clarity.faults.clear()
    assert "Nina Park" in await search(lounge, "pricing")
