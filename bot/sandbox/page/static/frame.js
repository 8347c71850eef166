// Getting about: from part to part, from message to message, from channel to channel.
"use strict";

const shown = (element) => element !== null && element.getClientRects().length > 0;

const focusable = "a[href], button:not(:disabled), input:not([type=hidden], :disabled), select, textarea, [tabindex='0']";

// F6 goes on to the next part of the page, with Shift to the one before.
function parts() {
  const found = document.querySelectorAll(".bar, .sidebar, main .messages, main .composer, .thread .messages, .thread .composer, .side, .panes");
  return [...found].filter(shown);
}

function nextPart(step) {
  const there = parts();
  const at = there.findIndex((each) => each.contains(document.activeElement));
  const wanted = there[at < 0 ? 0 : (at + step + there.length) % there.length];
  const inside = [...wanted.querySelectorAll(focusable)].filter(shown);
  const first = wanted.matches(".composer") ? wanted.querySelector("textarea") : wanted.querySelector("[aria-current]") || inside[0];
  (wanted.matches("[tabindex]") ? wanted : first)?.focus();
}

// Arrow keys go through messages, and through the places of the sidebar.
function step(list, items, by) {
  const there = [...list.querySelectorAll(items)].filter(shown);
  const now = there.findIndex((each) => each.contains(document.activeElement));
  const wanted = there[now < 0 ? (by < 0 ? there.length - 1 : 0) : Math.max(0, Math.min(there.length - 1, now + by))];
  wanted?.focus();
  wanted?.scrollIntoView({ block: "nearest" });
}

const ARROWS = { ArrowDown: 1, ArrowUp: -1 };

function walk(event) {
  const at = event.target;
  if (!(at instanceof Element) || at.closest(".menu, input, textarea, select")) return false;
  const messages = at.closest(".messages");
  const by = ARROWS[event.key];
  if (by && messages && at.matches(".messages, article.message")) step(messages, "article.message", by);
  else if (by && at.closest(".places")) step(at.closest(".places"), "a.place", by);
  else return at.matches("article.message") && onMessage(event.key.toLowerCase(), at);
  return true;
}

// Letters on a message do what Slack's do.
const ON_MESSAGE = { t: "[data-reply]", arrowright: "[data-reply]", e: "[data-edit]", r: "[data-react]" };

function onMessage(key, message) {
  const wanted = ON_MESSAGE[key] && message.querySelector(`:scope > .toolbar ${ON_MESSAGE[key]}`);
  if (!wanted) return false;
  if (key === "r") wanted.focus();
  else wanted.click();
  return true;
}

// The places before and after the one where one is.
function nextPlace(by, unread) {
  const there = [...document.querySelectorAll(".places a.place")];
  const at = there.findIndex((each) => each.hasAttribute("aria-current"));
  const on = by > 0 ? there.slice(at + 1) : there.slice(0, Math.max(0, at)).reverse();
  on.find((each) => !unread || each.classList.contains("unread"))?.click();
}

document.addEventListener("keydown", (event) => {
  const chord = event.ctrlKey || event.metaKey;
  if (event.isComposing || document.querySelector("[data-modal], dialog[open]")) return;
  if (event.key === "F6") nextPart(event.shiftKey ? -1 : 1);
  else if (chord && !event.shiftKey && event.key.toLowerCase() === "k") openSwitcher();
  else if (chord && event.key === "/") openKeys();
  else if (event.altKey && ARROWS[event.key]) nextPlace(ARROWS[event.key], event.shiftKey);
  else if (chord || event.altKey || event.defaultPrevented || !walk(event)) return;
  event.preventDefault();
});

// Tabs of the same thing and toolbars: the arrow keys to the sides.
document.addEventListener("keydown", (event) => {
  const bar = closest(event, "[role=toolbar]");
  if (!bar || (event.key !== "ArrowLeft" && event.key !== "ArrowRight")) return;
  const there = [...bar.querySelectorAll(":scope > button, :scope > a, :scope > label")].filter(shown);
  const at = there.indexOf(document.activeElement);
  if (at < 0) return;
  event.preventDefault();
  there[(at + (event.key === "ArrowRight" ? 1 : -1) + there.length) % there.length].focus();
});

// The switcher is rarely asked for: it opens at once, and what fills it comes with the first time.
const switcher = () => document.getElementById("switcher");

function openKeys() {
  document.getElementById("keys").showModal();
}

function openSwitcher() {
  const field = switcher().querySelector("input");
  field.value = "";
  switcher().showModal();
  field.focus();
  import("/static/switcher.js").then(({ narrow }) => narrow(field));
}

document.addEventListener("click", (event) => {
  if (closest(event, "[data-switcher]")) openSwitcher();
  if (closest(event, "[data-keys]")) openKeys();
  const skip = closest(event, "[data-skip]");
  if (skip) document.querySelector(skip.dataset.skip)?.focus();
  // Beside a dialog is out of it.
  if (event.target instanceof HTMLDialogElement && event.target.matches("#switcher, #keys")) event.target.close();
});
