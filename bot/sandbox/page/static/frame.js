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

// The switcher: where one could go, narrowed by what is typed.
const switcher = () => document.getElementById("switcher");

function openKeys() {
  document.getElementById("keys").showModal();
}

function openSwitcher() {
  const dialog = switcher();
  const field = dialog.querySelector("input");
  field.value = "";
  narrow(field);
  dialog.showModal();
  field.focus();
}

function goals() {
  const places = [...document.querySelectorAll(".places a.place")].map((link) => ({ link, name: link.querySelector(".name").textContent, about: "" }));
  const people = [...document.querySelectorAll(".bar a.person:not([aria-current])")].map((link) => ({ link, name: link.dataset.name, about: "Be this person" }));
  return [...places.filter(({ link }) => link.classList.contains("unread")), ...places.filter(({ link }) => !link.classList.contains("unread")), ...people];
}

function narrow(field) {
  const list = document.getElementById(field.getAttribute("aria-controls"));
  const words = field.value.trim().toLowerCase().replace(/^[#@]/, "");
  const found = goals().filter(({ name }) => name.toLowerCase().split(/[\s-]/).some((part) => part.startsWith(words)) || name.toLowerCase().startsWith(words));
  list.replaceChildren(...found.map(drawn));
  list.nextElementSibling.hidden = found.length > 0;
  mark(field, list, 0);
}

function drawn({ link, name, about }, at) {
  const option = document.createElement("div");
  option.id = `goal-${at}`;
  option.setAttribute("role", "option");
  option.goal = link;
  const sign = link.querySelector(".avatar, .hash, .icon")?.cloneNode(true);
  const words = document.createElement("span");
  words.textContent = name;
  if (link.classList.contains("unread")) words.className = "unread";
  const note = document.createElement("small");
  note.textContent = about;
  option.append(...(sign ? [sign] : []), words, note);
  return option;
}

function mark(field, list, at) {
  const there = [...list.children];
  const wanted = there[(at + there.length) % there.length];
  there.forEach((each) => each.setAttribute("aria-selected", String(each === wanted)));
  if (wanted) field.setAttribute("aria-activedescendant", wanted.id);
  else field.removeAttribute("aria-activedescendant");
  wanted?.scrollIntoView({ block: "nearest" });
}

function leave(option) {
  switcher().close();
  option?.goal.click();
}

document.addEventListener("input", (event) => {
  if (closest(event, "#switcher input")) narrow(event.target);
});

document.addEventListener("keydown", (event) => {
  const field = closest(event, "#switcher input");
  if (!field) return;
  const list = document.getElementById(field.getAttribute("aria-controls"));
  const at = [...list.children].findIndex((each) => each.getAttribute("aria-selected") === "true");
  if (ARROWS[event.key]) mark(field, list, at + ARROWS[event.key]);
  else if (event.key === "Enter") leave(list.children[at]);
  else return;
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (closest(event, "[data-switcher]")) openSwitcher();
  if (closest(event, "[data-keys]")) openKeys();
  const skip = closest(event, "[data-skip]");
  if (skip) document.querySelector(skip.dataset.skip)?.focus();
  const option = closest(event, "#switcher [role=option]");
  if (option) leave(option);
  // Beside a dialog is out of it.
  if (event.target instanceof HTMLDialogElement && event.target.matches("#switcher, #keys")) event.target.close();
});
