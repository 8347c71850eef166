"""Lists, imports, Setup and Home, at the page."""

import asyncio

import pytest
from playwright.async_api import Route, expect

from tests.browser.person import Visitor
from tests.browser.sandbox import ON_SOCKETS, Sandbox

MOVE = """() => {
  const modal = document.querySelector("[data-modal]");
  const focused = document.activeElement;
  modal.parentElement.append(modal);
  focused.focus();
  document.dispatchEvent(new Event("htmx:afterSwap"));
}"""
"""What morphing may do to what has the focus."""

MORPH = """() => htmx.ajax("GET", location.pathname + location.search, {
  source: "#app", target: "#app", swap: "morph:outerHTML", select: "#app"
})"""
"""A look, as the page takes one."""

REPLACE = """async () => {
  const page = new DOMParser().parseFromString(await (await fetch(location)).text(), "text/html");
  const fresh = document.adoptNode(page.getElementById("app"));
  document.getElementById("app").replaceWith(fresh);
  htmx.process(fresh);
  for (const name of ["htmx:afterSwap", "htmx:afterSettle"]) document.dispatchEvent(new Event(name));
}"""
"""All of it made anew, where nothing could be morphed."""

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_list_is_made_and_a_shared_file_imported_to_it(visitor: Visitor, world: Sandbox) -> None:
    """New list from /sms lists; the CSV in #broadcasts goes there after a dry run, and what failed comes back."""
    await visitor.be("Alice Admin")
    await visitor.go("broadcasts")
    await visitor.say("/sms lists")
    lists = visitor.message("Lists")
    await visitor.reads(lists, "Newsletter", "2,000 subscribers")
    await visitor.press(lists, "New list")
    modal = await visitor.window("New list")
    await modal.get_by_label("Name").fill("Tasting")
    await visitor.press(modal, "Create")
    await visitor.reads(modal, "The list “Tasting” is made.")
    await visitor.press(modal, "Close")
    await visitor.no_window()
    await visitor.reads(lists, "Tasting", "0 subscribers")
    await visitor.picture("lists")

    await visitor.choose(visitor.message("guests.csv"), "Import subscribers")
    modal = await visitor.window("Import subscribers")
    await visitor.search(modal, "Lists", "tast", "Tasting")
    await visitor.press(modal, "Check")
    await visitor.reads(modal, "2 new subscribers", "1 row repeats a number", "“12” is not")
    await visitor.picture("import-dry-run")
    await visitor.press(modal, "Import")
    await visitor.no_window()
    await visitor.go("Switchboard")
    await visitor.messages_tab()
    told = visitor.message("guests.csv")
    await visitor.reads(told, "Imported guests.csv to Tasting", "2 created", "not imported")
    await visitor.picture("import-done")
    nora = world.line.state.subscribers["+12005551100"]
    assert (nora.first, nora.email) == ("Nora", "nora@example.com")


@ON_SOCKETS
async def test_what_is_typed_outlives_being_drawn_anew(visitor: Visitor) -> None:
    """A menu one types into keeps what is typed, before its script has come and where all around it is drawn anew."""
    looked = asyncio.Event()

    async def late(route: Route) -> None:
        await looked.wait()
        await route.continue_()

    await visitor.page.route("**/choose.js", late, times=1)
    await visitor.arrive()
    await visitor.be("Alice Admin")
    await visitor.go("broadcasts")
    shared = visitor.channel.get_by_role("article").filter(has_text="guests.csv").first
    await visitor.choose(shared, "Import subscribers")
    modal = await visitor.window("Import subscribers")
    box = modal.get_by_role("combobox", name="Lists")
    await box.fill("newsl")
    await visitor.page.evaluate(MORPH)
    await expect(box).to_have_value("newsl")
    looked.set()
    await expect(modal.get_by_role("option")).to_have_text(["Newsletter"])
    for redraw in (MOVE, REPLACE):
        await visitor.page.evaluate(redraw)
        await expect(box).to_have_value("newsl")
        await expect(modal.get_by_role("option")).to_have_text(["Newsletter"])
        await expect(box).to_be_focused()
    await box.press("Enter")
    await visitor.reads(modal.locator(".chip"), "Newsletter")
    await visitor.page.keyboard.press("Escape")
    await visitor.page.keyboard.press("Escape")
    await visitor.no_window()


async def test_setup_is_saved_and_home_shows_what_waits(visitor: Visitor) -> None:
    """What is wrong is said beside its field, what is right is saved; Home has conversations, calls and credits."""
    await visitor.be("Alice Admin")
    await visitor.go("general")
    await visitor.say("/sms setup")
    modal = await visitor.window("Setup")
    above = modal.get_by_label("Approval above")
    await visitor.picture("setup")
    await above.fill("-1")
    await visitor.press(modal, "Save")
    await expect(modal.get_by_role("alert")).to_be_visible()
    await above.fill("900")
    await visitor.press(modal, "Save")
    await visitor.reads(modal, "Saved.", "Approval above: 900")
    await visitor.page.keyboard.press("Escape")
    await visitor.no_window()

    await visitor.go("Switchboard")
    await visitor.channel.get_by_role("link", name="Home").click()
    await visitor.reads(visitor.channel, "Calls waiting", "Credits")
    await visitor.picture("home")
