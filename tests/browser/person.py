"""A person at the page: what they look for, press and type, by the names that stand on the screen."""

import os
import re
from pathlib import Path

from playwright.async_api import Locator, Page, expect

SCREENSHOTS = Path(os.environ.get("SCREENSHOTS_DIR", "build/screenshots"))
"""Where the pictures of each journey are kept."""


class Visitor:
    """Somebody who has the page open."""

    def __init__(self, page: Page, address: str, delivery: str) -> None:
        self.page = page
        self._address = address
        self._delivery = delivery

    async def arrive(self) -> None:
        """Open the page."""
        await self.page.goto(self._address)

    async def leave(self) -> None:
        """Close whatever window a failed journey left open, so that the next one is not behind it."""
        for _ in range(await self.modal.count()):
            await self.page.keyboard.press("Escape")
            await self.no_window()

    # Where one is

    async def be(self, name: str) -> None:
        """Look at the workspace as somebody; as who one is already, only the address tells that it has led there."""
        link = self.page.get_by_role("navigation", name="You are").get_by_role("link", name=name)
        address = str(await link.get_attribute("href"))
        await link.click()
        await self.page.wait_for_url(lambda url: url.endswith(address))
        await expect(link).to_have_attribute("aria-current", "true")

    async def go(self, place: str) -> None:
        """Go to a channel, the app or the threads by the sidebar."""
        link = self.page.get_by_role("navigation", name="Workspace").get_by_role("link", name=place)
        await link.click()
        await expect(link).to_have_attribute("aria-current", "page")

    @property
    def channel(self) -> Locator:
        """What stands in the middle."""
        return self.page.get_by_role("main")

    @property
    def thread(self) -> Locator:
        """The thread beside the channel."""
        return self.page.get_by_role("complementary", name="Thread")

    @property
    def modal(self) -> Locator:
        """The window over everything."""
        return self.page.get_by_role("dialog")

    @property
    def phone(self) -> Locator:
        """The texts on the customer's phone."""
        return self.page.get_by_role("log", name="Texts", exact=True)

    async def messages_tab(self) -> None:
        """Look at what the app wrote, not at its Home."""
        await self.channel.get_by_role("link", name="Messages").click()

    async def beside(self, name: str) -> None:
        """Choose what stands beside the workspace: the phone, or Clarity."""
        await self.page.get_by_role("navigation", name="Beside the workspace").get_by_role("link", name=name).click()

    @property
    def clarity(self) -> Locator:
        """The other side of the calls."""
        return self.page.get_by_role("complementary", name="The other side of the calls")

    # What one reads

    def message(self, words: str) -> Locator:
        """The newest message in the channel with these words."""
        return self.channel.get_by_role("article").filter(has_text=words).last

    async def reads(self, where: Locator, *words: str) -> None:
        """Wait until all these words stand there."""
        for each in words:
            await expect(where).to_contain_text(each)

    async def window(self, title: str) -> Locator:
        """Wait for a modal of that name, filled."""
        modal = self.page.get_by_role("dialog", name=title)
        await expect(modal).to_be_visible()
        await expect(modal).not_to_contain_text("One moment")
        return modal

    def said_in_thread(self, words: str) -> Locator:
        """Messages with these words in the thread that is open, but for the one it hangs under."""
        header = self.page.get_by_role("button", name="Reply", exact=True)
        return self.thread.get_by_role("article").filter(has_text=words, has_not=header)

    async def no_window(self) -> None:
        """Wait until no modal is open."""
        await expect(self.modal).to_have_count(0)

    # What one does

    async def press(self, where: Locator, button: str) -> None:
        """Press a button of that name."""
        await where.get_by_role("button", name=button, exact=True).last.click()

    async def open_thread(self, message: Locator) -> None:
        """Open what was said under a message."""
        await message.get_by_role("link", name=re.compile(r"^\d+ repl")).click()
        await expect(self.thread).to_be_visible()

    async def reply(self, header: Locator, words: str) -> None:
        """Answer a conversation by the modal."""
        await self.press(header, "Reply")
        modal = await self.window("Reply")
        await modal.get_by_label("Message").fill(words)
        await self.press(modal, "Send")
        await self.no_window()

    async def break_down(self, service: str, how: str) -> None:
        """Let a service do something wrong, or work again."""
        await self.beside("Trouble")
        await self.page.get_by_role("group", name=service).get_by_role("radio", name=how).check()

    async def choose(self, where: Locator, item: str) -> None:
        """Choose from the menu behind ⋯, which a message shows under the pointer."""
        await where.hover()
        await where.get_by_role("button", name=re.compile("More (choices|actions)")).last.click()
        await self.page.get_by_role("menuitem", name=item).click()

    async def search(self, where: Locator, field: str, words: str, wanted: str) -> None:
        """Look for something in a field that searches, and take it."""
        box = where.get_by_role("combobox", name=field)
        await box.fill(words)
        await where.get_by_role("option", name=wanted).click()
        chosen = self.page.locator(f'[value*="{wanted}"]').or_(where.locator(".chip", has_text=wanted))
        await expect(chosen.first).to_be_visible()

    async def sure(self, button: str) -> None:
        """Answer the question whether one is sure."""
        await self.page.get_by_role("dialog").get_by_role("button", name=button, exact=True).click()

    async def say(self, words: str) -> None:
        """Write in the channel: words, or a slash command."""
        composer = self.channel.get_by_role("textbox").last
        await composer.fill(words)
        await composer.press("Enter")
        await expect(composer).to_have_value("")

    async def text_in(self, words: str) -> None:
        """Text from the phone that is shown."""
        await self.page.get_by_role("textbox", name="Text message").fill(words)
        await self.page.get_by_role("button", name="Send text").click()
        await self.reads(self.phone, words)

    async def take_phone(self, name: str) -> None:
        """Take another customer's phone in hand."""
        choice = self.page.get_by_label("Whose phone")
        option = choice.get_by_role("option").filter(has_text=name)
        await choice.select_option(await option.get_attribute("value"))
        await expect(self.page.get_by_role("region", name=name)).to_be_visible()

    async def kill(self) -> None:
        """End the bot's process at once."""
        await self.press(self._process, "Kill -9")
        await self.reads(self._process, "killed")

    async def start(self) -> None:
        """Start the bot again."""
        await self.press(self._process, "Start")
        await self.reads(self._process, "running")

    @property
    def _process(self) -> Locator:
        return self.page.get_by_role("group", name="The bot's process")

    async def picture(self, name: str) -> None:
        """Keep what the screen shows."""
        await self.page.screenshot(path=SCREENSHOTS / f"{name}-{self._delivery}.png")
