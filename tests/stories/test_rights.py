"""Who may do what: in the inbox channel, senders, nobody else; and a refusal says who can."""

from functools import partial

import pytest

from bot.sandbox.slack.faults import Fault, How
from bot.sandbox.slack.person import Person
from tests.drive import JANE, House

REFUSED = "Everyone in #texts can: ask to be added there. Nothing was done."


def refusals(person: Person, count: int) -> bool:
    """Whether somebody was told so often that they may not do a thing."""
    return sum("You may not" in each.text() for each in person.ephemerals()) == count


def asks(person: Person, title: str) -> bool:
    """Whether somebody has this modal before them."""
    return person.modal is not None and person.modal.title == title


async def test_who_is_not_in_the_channel_is_refused_every_command(office: House) -> None:
    """Reading, finding and texting; the refusal says who can, and nothing opens."""
    await office.text_in(JANE, "A secret")
    refused = {"inbox": "read the inbox", "find Jane": "look people up", "text Jane": "text one person"}
    for words, act in refused.items():
        await office.carol.command("/sms", words, channel="general")
        assert REFUSED in await office.told(office.carol, f"You may not {act}.")
    assert "secret" not in office.carol.text()
    assert office.carol.modal is None


async def test_who_is_not_in_the_channel_is_refused_the_shortcut(office: House) -> None:
    """The global shortcut tells it in private."""
    await office.carol.shortcut("Text someone")
    assert REFUSED in await office.told(office.carol, "You may not text one person")
    assert office.carol.modal is None


async def test_who_is_not_in_the_channel_is_refused_every_button(office: House) -> None:
    """Also when Slack delivers such a press: nothing changes, and they are told who can."""
    header = await office.text_in(JANE, "Hello")
    for count, button in enumerate(("Reply", "Claim", "Done"), start=1):
        await office.carol.click(button, header)
        await office.until(partial(refusals, office.carol, count))
    await office.wind(2)
    assert "New" in office.header("Jane Doe").text()
    assert office.carol.modal is None
    assert await office.record() == []


async def test_who_is_not_in_the_channel_is_refused_the_menu(office: House) -> None:
    """Nothing opens."""
    header = await office.text_in(JANE, "Hello")
    for count, choice in enumerate(("Contact", "History", "Delete conversation", "Opt out"), start=1):
        await office.carol.choose(choice, on=header)
        await office.until(partial(refusals, office.carol, count))
    assert office.carol.modal is None


async def test_suggestions_are_for_those_who_may_find(office: House) -> None:
    """A window left open gives no names away to somebody who was removed."""
    await office.text_in(JANE, "Hello")
    await office.bob.command("/sms", "text")
    await office.until(lambda: office.bob.modal)
    office.slack.admin.remove(office.texts, office.bob.user)
    office.clock.advance(61)
    await office.bob.command("/sms", "inbox", channel="general")
    await office.told(office.bob, "You may not")
    await office.bob.type("To", "jane")
    assert list(office.bob.offered.values()) == [[]]


async def test_senders_are_named_by_user_id_and_by_user_group(house: House) -> None:
    """With SENDERS, they may opt out and delete, and the workspace's admins no longer may."""
    group = house.slack.workspace.add_usergroup("care", [house.carol.user])
    await house.start(senders=(house.bob.user.id, group.id))
    header = await house.text_in(JANE, "Hello")
    await house.alice.choose("Opt out", on=header)
    told = await house.told(house.alice, "You may not opt somebody out")
    assert "@Bob Baker, @care can." in told
    for person in (house.bob, house.carol):
        await person.choose("Opt out", on=header)
        await house.until(partial(asks, person, "Opt out"))
        await person.close()
    await house.carol.command("/sms", "inbox", channel="general")
    await house.told(house.carol, "newest first")


async def test_a_right_withdrawn_while_the_modal_is_open_is_gone_on_send(house: House) -> None:
    """Bob was removed from the channel a moment before Send: nothing leaves, and he is told why and who can.

    Nothing is left of it on the header: nobody has the conversation, and it is done as it was.
    """
    await house.start()
    header = await house.text_in(JANE, "Hello")
    await house.alice.click("Done", header)
    await house.until(lambda: "Done" in house.header("Jane Doe").text().splitlines()[1])
    await house.open_modal(house.bob, "Reply", header)
    await house.bob.type("Message", "Hi")
    house.slack.admin.remove(house.texts, house.bob.user)
    await house.bob.submit()
    await house.until(lambda: any("was *not sent*" in line for line in house.thread("Jane Doe")))
    assert (
        "@Bob Baker, your text was *not sent*. You may not reply. Everyone in #texts can"
        in house.thread("Jane Doe")[-1]
    )
    assert house.on_phone(JANE) == []
    await house.until(lambda: "claimed by" not in house.header("Jane Doe").text())
    assert "Done" in house.header("Jane Doe").text().splitlines()[1]
    assert [("Bob Baker", act, "failed") for act in ("reply", "claim")] == (await house.record())[-2:]


async def test_a_right_withdrawn_before_an_opt_out_is_confirmed_is_gone(office: House) -> None:
    """Alice is no admin any more when she confirms: nobody is opted out."""
    header = await office.text_in(JANE, "Hello")
    await office.alice.choose("Opt out", on=header)
    await office.until(lambda: office.alice.modal)
    office.slack.admin.set_admin(office.alice.user, is_admin=False)
    await office.alice.submit()
    await office.until(lambda: any("your opt-out was *not made*" in line for line in office.thread("Jane Doe")))
    assert office.clearstream.state.subscribers[JANE].status == "ACTIVE"


@pytest.mark.parametrize("method", ["users.info", "conversations.members"])
async def test_where_slack_cannot_say_the_answer_is_no(office: House, method: str) -> None:
    """Nothing opens, and the person is told that Slack could not say."""
    header = await office.text_in(JANE, "Hello")
    office.slack.faults.refuse(method, "internal_error", times=10)
    await office.bob.click("Claim", header)
    told = await office.told(office.bob, "Slack could not say")
    assert "so it was not done. Try again in a moment." in told
    assert "New" in office.header("Jane Doe").text()
    office.slack.faults.clear()
    await office.bob.click("Claim", header)
    await office.until(lambda: "claimed by @Bob Baker" in office.header("Jane Doe").text())


async def test_where_slack_cannot_say_a_text_waits_until_it_can(office: House) -> None:
    """A text that was sent while rights are unknown leaves when Slack has said, and not before."""
    header = await office.text_in(JANE, "Hello")
    await office.open_modal(office.bob, "Reply", header)
    await office.bob.type("Message", "Hi")
    broken = office.slack.faults.add(Fault("conversations.members", How.ERROR_BEFORE, times=1000))
    await office.bob.submit()
    await office.until(lambda: any("has not left yet" in line for line in office.thread("Jane Doe")))
    assert office.on_phone(JANE) == []
    broken.times = 0
    await office.until(lambda: office.on_phone(JANE) == ["Hi"])


async def test_somebody_of_another_workspace_may_nothing(office: House) -> None:
    """Also in a shared channel: whoever is not of this workspace is refused."""
    header = await office.text_in(JANE, "Hello")
    dave = office.slack.workspace.add_user("dave", "Dave Else")
    office.slack.admin.invite(office.texts, dave)
    dave.team_id = "T99999999"
    await office.person("dave").click("Claim", header)
    told = await office.told(office.person("dave"), "Only members of this workspace can")
    assert "Nothing was done" in told
    await office.person("dave").command("/sms", "inbox")
    await office.until(lambda: len(office.person("dave").ephemerals()) == 2)
    assert "Jane" not in "".join(each.text() for each in office.person("dave").ephemerals())
