"""A house that sends broadcasts: it has a channel for them, and Dana, who may send as Alice may."""

from typing import Any

from bot.app import Application
from bot.sandbox.slack.model import Message, View
from bot.sandbox.slack.person import Person
from tests.drive import House
from tests.quiet import quiet

WORDS = "Doors open at nine on Sunday."


class Hall(House):
    """Alice and Dana are admins, Bob is not; all three are in #broadcasts."""

    prompt = True

    async def open(self) -> None:
        """As a house, with a channel more."""
        await super().open()
        workspace = self.slack.workspace
        workspace.add_user("dana", "Dana Diaz", is_admin=True)
        self.broadcasts = workspace.add_channel("broadcasts", [self.alice.user, self.bob.user, self.dana.user])

    async def start(self, **settings: Any) -> Application:
        """Start the bot, which knows the channel."""
        return await super().start(**{"broadcasts_channel": self.broadcasts.id, **settings})

    async def again(self, **settings: Any) -> None:
        """Start the bot anew, with other settings."""
        await self.stop()
        await self.start(**settings)

    @property
    def dana(self) -> Person:
        """Who may send too."""
        return self.person("dana")

    @property
    def modal(self) -> View:
        """What Alice has before her; raises LookupError where that is nothing."""
        if self.alice.modal is None:
            raise LookupError("a modal")
        return self.alice.modal

    @property
    def followed(self) -> Message:
        """The newest message on a broadcast; raises LookupError."""
        found = [m for m in self.alice.messages(self.broadcasts) if "Broadcast by" in m.text()]
        if not found:
            raise LookupError("a broadcast")
        return found[-1]

    async def shows(self, words: str) -> None:
        """Wait until the message on the broadcast says so."""
        await self.until(lambda: words in self.followed.text(), words)

    async def compose(self) -> None:
        """Alice opens **New broadcast** and chooses her customers."""
        await self.alice.command("/sms", "broadcast")
        await self.until(lambda: "Message" in self.modal.text(), "the modal")
        await self.alice.type("To", "cust")
        await self.alice.choose("Customers (2)", "To")

    async def preview(self, words: str = WORDS) -> None:
        """She writes, and looks at the preview."""
        await self.compose()
        await self.alice.type("Message", words)
        await quiet()  # what she types is kept as she types; a preview of something older cannot be sent
        await self.alice.submit()
        await self.until(lambda: self.modal.title == "Preview", "the preview")

    async def send(self, words: str = WORDS) -> None:
        """She writes, looks, and presses the button."""
        await self.preview(words)
        await self.alice.submit()
