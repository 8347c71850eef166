"""**Setup**: what admins choose in Slack wins over the environment, at once and everywhere."""

import asyncio

from bot.sandbox.slack.model import View
from bot.sandbox.slack.record import Call
from bot.services import digest
from bot.services.setup import Setup
from tests.drive import JANE, JOHN, House
from tests.hall import Hall


async def opened(house: House) -> View:
    """Alice opens **Setup**."""
    await house.alice.command("/sms", "setup")
    await house.until(lambda: house.alice.modal and "Inbox channel" in house.alice.modal.text(), "the modal")
    assert house.alice.modal is not None
    return house.alice.modal


async def saved(house: House, words: str = "Saved.") -> str:
    """She saves; what stands in the modal then."""
    await house.alice.submit()
    await house.until(lambda: house.alice.modal and words in house.alice.modal.text().replace("*", ""), words)
    assert house.alice.modal is not None
    return house.alice.modal.text().replace("*", "")


async def test_it_shows_where_each_value_comes_from(office: House) -> None:
    """The environment, the default, or Slack; the account's name and phone are Clearstream's."""
    modal = await opened(office)
    text = modal.text()
    assert "(From the environment: INBOX_CHANNEL.)" in text
    assert "(The default: 500.)" in text
    assert "Account name: Blue Sushi" in text
    await office.alice.type("Approval above", "20")
    assert "Approval above: 20" in await saved(office)
    sent = [each for each in office.slack.deliveries.log if each.payload.get("type") == "view_submission"]
    await office.slack.redeliver(sent[-1])
    assert await office.record() == [("Alice Admin", "setup", "done")]
    office.slack.admin.archive(office.texts)
    text = (await opened(office)).text()
    assert "(Chosen here.)" in text
    assert "#texts is archived, so nothing can be shown there." in text


async def test_who_is_no_admin_is_refused_and_told_who_can(office: House) -> None:
    """When opening it, and when saving it after the right was withdrawn: nothing is changed."""
    await office.bob.command("/sms", "setup")
    told = await office.told(office.bob, "You may not change the setup.")
    assert "The workspace's admins can." in told
    await opened(office)
    office.slack.admin.set_admin(office.alice.user, is_admin=False)
    await office.alice.type("Undo seconds", "0")
    assert "You may not change the setup" in await saved(office, "You may not")
    assert await office.record() == [("Alice Admin", "setup", "failed")]
    assert "Undo seconds: 10" in await shown(office)


async def shown(house: House) -> str:
    """What the modal says to an admin."""
    house.slack.admin.set_admin(house.alice.user, is_admin=True)
    house.clock.advance(61)
    await house.alice.close(everything=True)
    return (await opened(house)).text()


async def test_another_inbox_channel_holds_from_the_next_text_on(house: House) -> None:
    """The bot goes in by itself; conversations get a header there with what comes next, and may be answered there.

    What stands in the old one may be pressed by those who are in the new one.
    """
    await house.start()
    await house.text_in(JOHN, "Hi")
    old = house.header("John Doe")
    await house.text_in(JANE, "Hello")
    front = house.slack.workspace.add_channel("front", [house.alice.user, house.carol.user], bot_is_member=False)
    await opened(house)
    await house.alice.choose("front", "Inbox channel")
    told = await saved(house)
    assert "Inbox channel: #front" in told and "shows in the new inbox channel with its next text" in told
    assert house.slack.workspace.bot.id in front.members
    house.clearstream.receive(JANE, "Anybody?")
    await house.until(lambda: house.headers(front), "a header in #front")
    header = house.headers(front)[-1]
    await house.until(lambda: "Anybody?" in house.alice.thread(header)[-1].text())
    await house.carol.click("Claim", header)
    await house.until(lambda: "claimed by @Carol Chen" in house.headers(front)[-1].text())
    await house.bob.click("Claim", old)
    await house.told(house.bob, "Everyone in #front can")
    house.clock.advance(3)
    await house.alice.click("Claim", old)
    await house.until(lambda: "claimed by @Alice Admin" in house.headers(front)[-1].text(), "the other header")
    assert len(house.headers()) == 2


async def test_what_waited_for_a_channel_goes_there_when_one_is_named(unopened: House) -> None:
    """No channel is set at first; a private one is entered when the bot was invited, and how to do that is said."""
    await unopened.start(inbox_channel=None, inbox_poll_seconds=20)
    unopened.clearstream.receive(JANE, "Hello?")
    await unopened.wind(20)
    back = unopened.slack.workspace.add_channel("back", [unopened.alice.user], private=True, bot_is_member=False)
    await opened(unopened)
    await unopened.alice.choose("back", "Inbox channel")
    assert "Type `/invite @Switchboard` there" in await saved(unopened)
    unopened.slack.admin.invite(back, unopened.slack.workspace.bot)
    unopened.clock.advance(60)
    await unopened.until(lambda: unopened.headers(back), "a header in #back")
    await unopened.until(lambda: "Hello?" in unopened.alice.thread(unopened.headers(back)[-1])[-1].text())


async def test_what_could_not_be_posted_goes_to_the_channel_that_is_chosen_instead(halls: Hall) -> None:
    """The broadcasts channel is archived: who asks for approval waits, until another one is named."""
    await halls.start(approval_above=1)
    halls.slack.admin.archive(halls.broadcasts)
    await halls.send()
    await halls.told(halls.alice, "Asked for approval")
    await opened(halls)
    await halls.alice.choose("general", "Broadcasts channel")
    await saved(halls, "Broadcasts channel: #general")
    await halls.until(lambda: "Waiting for approval" in halls.alice.messages(halls.general)[-1].text(), "the request")


async def test_what_is_refused_while_another_channel_is_chosen_goes_there_too(halls: Hall) -> None:
    """The request is on its way to the archived channel when another one is named; refused, it follows."""
    await halls.start(approval_above=1)
    halls.slack.admin.archive(halls.broadcasts)
    left, chosen = asyncio.Event(), asyncio.Event()

    async def held(call: Call) -> None:
        if call.arguments["channel"] == halls.broadcasts.id:
            left.set()
            await chosen.wait()

    halls.slack.faults.before("chat.postMessage", held)
    await halls.send()
    await halls.until(left.is_set, "the request on its way")
    await opened(halls)
    await halls.alice.choose("general", "Broadcasts channel")
    await saved(halls, "Broadcasts channel: #general")
    chosen.set()
    await halls.until(lambda: "Waiting for approval" in halls.alice.messages(halls.general)[-1].text(), "the request")


async def test_senders_are_people_and_user_groups(office: House) -> None:
    """Who is named may opt out from then on, and nobody else; a field left empty goes back to the environment."""
    office.slack.workspace.add_usergroup("care", [office.carol.user])
    header = await office.text_in(JANE, "Hello")
    await opened(office)
    await office.alice.choose("Bob Baker", "Senders")
    await office.alice.choose("@care", "User groups of senders")
    await saved(office, "Senders: @Bob Baker, @care")
    office.clock.advance(3)
    await office.alice.close()
    await office.alice.choose("Opt out", on=header)
    assert "@Bob Baker, @care can." in await office.told(office.alice, "You may not opt somebody out")
    await office.bob.choose("Opt out", on=header)
    await office.until(lambda: office.bob.modal)
    await opened(office)
    await office.alice.unchoose("Bob Baker", "Senders")
    await office.alice.unchoose("@care", "User groups of senders")
    await saved(office, "Senders: as the environment says")
    office.clock.advance(3)
    await office.alice.close()
    await office.alice.choose("Opt out", on=header)
    await office.until(lambda: office.alice.modal and office.alice.modal.title == "Opt out")


async def test_every_replica_goes_by_it_without_a_restart(office: House) -> None:
    """Another process reads what was saved, whatever its environment says; it outlives a restart."""
    await opened(office)
    await office.alice.choose("general", "Calls channel")
    await office.alice.type("Bump minutes", "0")
    await saved(office)
    assert office.bot is not None
    async with office.bot.store.read() as tx:
        assert await Setup(calls_channel_default="C0").calls_channel(tx) == office.general.id
    await office.stop()
    await office.start(inbox_bump_minutes=55, calls_channel=office.texts.id)
    async with office.bot.store.read() as tx:
        assert await office.bot.setup.calls_channel(tx) == office.general.id
        assert await office.bot.setup.bump_minutes(tx) == 0
    assert "Bump minutes: 0" in (await opened(office)).text()


async def test_the_account_is_changed_in_clearstream(office: House) -> None:
    """Its name, its phone, and the collecting of e-mails; what was not touched is not sent."""
    await opened(office)
    await office.alice.type("Account name", "Red Sushi")
    await office.alice.choose("Collect e-mail addresses from incoming texts", "Collect e-mails")
    await saved(office, "Collect e-mails: yes")
    account = office.clearstream.state.account
    assert (account.business, account.collect_emails) == ("Red Sushi", True)
    assert account.phone == "+12005551234"
    assert ("Alice Admin", "change account", "done") in await office.record()


async def test_what_is_wrong_is_said_beside_it_and_the_rest_is_kept(office: House) -> None:
    """The modal stays open with what was typed."""
    await opened(office)
    await office.alice.type("Account phone", "ring us")
    await office.alice.type("Undo seconds", "7")
    assert "Write a phone number in full" in await saved(office, "Write a phone number")
    assert office.alice.modal is not None
    assert "Undo seconds: 7" in office.alice.modal.text()
    await office.alice.type("Account phone", "")
    assert "Undo seconds: 7" in await saved(office, "cannot be taken away here")


async def test_what_clearstream_refuses_is_said_beside_its_field_and_the_rest_is_saved(office: House) -> None:
    """A number that could be one, which Clearstream does not take; mended, it is saved too."""
    await opened(office)
    await office.alice.type("Account phone", "+49 1234")
    await office.alice.type("Undo seconds", "7")
    refused = await saved(office, "must be a number in E.164 format")
    assert refused.index("+49") < refused.index("must be a number") < refused.index("Collect e-mails")
    assert "Undo seconds: 7" in refused and "(Chosen here.)" in refused
    await office.alice.type("Account phone", "+1 200-555-9999")
    await saved(office, "Account phone: +1 200-555-9999")
    assert office.clearstream.state.account.phone == "+12005559999"


async def test_direct_mode_is_switched_and_everybody_is_told(office: House) -> None:
    """What is written afterwards goes out, what was written before does not; then it is switched off again."""
    header = await office.text_in(JANE, "Hello")
    await office.bob.say("Who takes her?", thread=header)
    office.clock.advance(5)
    await opened(office)
    await office.alice.choose("texts", "Direct mode")
    await saved(office, "Direct mode: #texts")
    await office.until(lambda: "switched this channel to *Direct mode*" in office.bob.messages(office.texts)[-1].text())
    await office.bob.say("Hello Jane", thread=header)
    await office.until(lambda: office.on_phone(JANE) == ["Hello Jane"])
    await opened(office)
    await office.alice.unchoose("texts", "Direct mode")
    await saved(office, "Direct mode: off")
    await office.bob.say("She is nice", thread=header)
    await office.wind(3)
    assert office.on_phone(JANE) == ["Hello Jane"]


async def test_the_digest_needs_a_channel_and_a_time_zone_there_is(office: House) -> None:
    """How often, where, and in whose time; what is missing is said beside its field."""
    await opened(office)
    await office.alice.choose("Daily", "Digest")
    await office.alice.type("Time zone", "Mars/Olympus")
    said = await saved(office, "There is no such time zone.")
    assert "Choose the channel the digest is posted to." in said
    await office.alice.choose("texts", "Digest channel")
    await office.alice.type("Time zone", "Europe/Berlin")
    await saved(office, "Digest: Daily")
    assert office.bot is not None
    async with office.bot.store.read() as tx:
        chosen = await digest.choice(tx)
    assert (chosen.every, chosen.channel, chosen.zone) == (digest.Every.DAILY, office.texts.id, "Europe/Berlin")


async def test_saved_replies_and_answers_to_keywords_have_windows_of_their_own(office: House) -> None:
    """Added and removed; what cannot be texted, or be a keyword, is said beside its field."""
    await opened(office)
    await office.alice.click("Saved replies")
    await office.alice.type("New saved reply", "We open at seven 🎉")
    await saved(office, "🎉")
    await office.alice.type("New saved reply", "We open at seven")
    assert "We open at seven" in await saved(office, ":white_check_mark: Saved.")
    await office.alice.click("Remove")
    await office.until(lambda: office.alice.modal and "no saved replies yet" in office.alice.modal.text())
    await office.alice.close()
    await office.alice.click("Keyword answers")
    await office.until(lambda: office.alice.modal and "No webhook is set up" in office.alice.modal.text())
    await office.alice.type("Keyword", "a b")
    await office.alice.type("Header", "Sushi")
    await office.alice.type("Message", "Welcome!")
    await saved(office, "A keyword has 4 to 25 letters or digits")
    await office.alice.type("Keyword", "Sushi")
    assert "SUSHI → Sushi: Welcome!" in await saved(office, ":white_check_mark: Saved.")
    await office.alice.click("Remove")
    await office.until(lambda: office.alice.modal and "SUSHI →" not in office.alice.modal.text())
    assert [act for _, act, _ in await office.record()] == ["save reply", "remove saved reply", "setup", "setup"]
