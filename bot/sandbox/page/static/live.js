// What the server shows is morphed into what is there, so that focus, scrolling and half-typed words stay.
"use strict";

const app = () => document.getElementById("app");

// Elements marked data-keep belong to the person's hands. A field being typed in is left alone while it is
// "unheard": from the first key until a look that began after the server had heard of what stands in it.
Idiomorph.defaults.callbacks = {
  ...Idiomorph.defaults.callbacks,
  beforeNodeMorphed(before, after) {
    if (!(before instanceof Element) || !(after instanceof Element)) return true;
    if (before.hasAttribute("data-keep") && before.id === after.id) return false;
    if (before.hasAttribute("data-keep-open")) after.open = before.open;
    return !(before.hasAttribute("data-unheard") && before.id === after.id);
  },
};

// One look at a time; what changes meanwhile is looked at next.
let looking = false;
let again = false;

function look() {
  if (looking) {
    again = true;
    return;
  }
  looking = true;
  document.querySelectorAll("[data-unheard=answered]").forEach((each) => each.removeAttribute("data-unheard"));
  const settle = () => {
    looking = false;
    if (again) {
      again = false;
      look();
    }
  };
  const place = location.pathname + location.search;
  htmx.ajax("GET", place, { source: app(), target: app(), swap: "morph:outerHTML", select: "#app" }).then(settle, settle);
}

// A link leads where it says: neither what the form or tab around it posts nor how that is shown is about it.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.elt instanceof HTMLAnchorElement) event.detail.parameters = {};
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.requestConfig.elt instanceof HTMLAnchorElement) event.detail.swapOverride = "morph:outerHTML";
});

// An answer about a place one has left meanwhile is not shown.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { requestConfig, boosted, pathInfo } = event.detail;
  const here = location.pathname + location.search;
  if (requestConfig.elt === app() && !boosted && pathInfo.requestPath !== here) event.detail.shouldSwap = false;
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.requestConfig.verb === "post") look();
});

function listen() {
  const changes = new EventSource("/live");
  let greeted = false;
  changes.onmessage = ({ data }) => {
    if (greeted || data !== document.body.dataset.changes) look();
    greeted = true;
  };
  changes.onopen = () => document.body.classList.remove("lost");
  changes.onerror = () => document.body.classList.add("lost");
}

// Lists that end at the newest stay at their end when they were there; new ones start there.
const seen = new WeakMap();

function atEnd(list) {
  return list.scrollHeight - list.scrollTop - list.clientHeight < 40;
}

const last = (list) => list.querySelector("article:last-of-type")?.id;

function settleLists() {
  for (const list of document.querySelectorAll("[data-scroll]")) {
    if (list.dataset.scroll === "top") continue;
    const begun = seen.get(list);
    if (!begun) begin(list);
    else if (begun.atEnd) list.scrollTop = list.scrollHeight;
    seen.set(list, { atEnd: atEnd(list), last: atEnd(list) ? last(list) : (begun?.last ?? last(list)) });
    offerNewest(list);
  }
}

// Where there is something new, a list begins there.
function begin(list) {
  const fresh = list.querySelector(".new-tag")?.parentElement;
  list.scrollTop = list.scrollHeight;
  if (fresh) list.scrollTop = Math.min(list.scrollTop, fresh.offsetTop - list.offsetTop - 60);
}

const newest = (list) => list.parentElement.querySelector("[data-newest]");

// What came while one reads further up is offered, not forced upon.
function offerNewest(list) {
  const button = newest(list);
  const { atEnd: there, last: known } = seen.get(list);
  if (button) button.hidden = there || known === last(list);
}

document.addEventListener("scroll", (event) => {
  const list = event.target;
  if (!seen.has(list)) return;
  seen.set(list, { atEnd: atEnd(list), last: atEnd(list) ? last(list) : seen.get(list).last });
  offerNewest(list);
}, true);

document.addEventListener("click", (event) => {
  const button = closest(event, "[data-newest]");
  if (!button) return;
  const list = button.closest("main").querySelector("[data-scroll]");
  list.scrollTop = list.scrollHeight;
  list.focus();
});

// Who says something wants to see it, and what comes of it.
document.addEventListener("sent", (event) => {
  const list = event.target.closest("main, .thread, .phone")?.querySelector("[data-scroll='']");
  if (list) list.scrollTop = list.scrollHeight;
});

// What is new on the screen and asks for it gets the focus, the last of them first: a modal before a composer.
const met = new WeakSet();
const isSmall = matchMedia("(max-width: 760px)");

function settleFocus() {
  const wanting = [...document.querySelectorAll("[data-focus]")].filter((each) => !met.has(each));
  wanting.forEach((each) => met.add(each));
  const modal = document.querySelector("[data-modal]");
  const open = wanting.filter((each) => (modal ? modal.contains(each) : !isSmall.matches || each.dataset.focus === "first"));
  const first = open.find((each) => each.dataset.focus === "first") || open[0];
  const writing = modal?.contains(document.activeElement) && document.activeElement.hasAttribute("data-unheard");
  if (first && !writing) focusAtEnd(first);
  else if (!modal) settleLostFocus();
}

function focusAtEnd(field) {
  field.focus({ preventScroll: true });
  if (field.value && field.setSelectionRange) field.setSelectionRange(field.value.length, field.value.length);
}

// Who had the focus and was taken away gives it back: to what came in its place, to what opened it, or to the field
// one writes in.
let held = null;
let opener = null;

document.addEventListener("focusin", (event) => {
  held = event.target;
  if (!held.closest("[data-modal], dialog, .menu") && held.id) opener = held.id;
});

function settleLostFocus() {
  if (document.activeElement !== document.body || !held || held.isConnected) return;
  const modal = held.closest("[data-modal]");
  const back = document.getElementById(held.id) || (modal && opener && document.getElementById(opener));
  held = null;
  const field = document.querySelector("main .composer textarea");
  if (back) back.focus({ preventScroll: true });
  else if (field && !isSmall.matches) focusAtEnd(field);
}

// What went wrong is brought before the person's eyes, once.
function settleErrors() {
  const wrong = [...document.querySelectorAll(".field .error")].filter((each) => !met.has(each));
  wrong.forEach((each) => met.add(each));
  const field = wrong[0]?.parentElement;
  field?.scrollIntoView({ block: "nearest" });
  field?.querySelector("input, textarea, select")?.focus({ preventScroll: true });
}

// How long a call has gone on, between two looks.
function settleClocks() {
  for (const each of document.querySelectorAll("[data-since]")) {
    const seconds = Math.max(0, Math.floor(Date.now() / 1000 - Number(each.dataset.since)));
    each.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }
}

setInterval(settleClocks, 500);

function settle() {
  settleClocks();
  settleLists();
  settleFocus();
  settleErrors();
  document.dispatchEvent(new Event("settled"));
}

document.addEventListener("htmx:afterSettle", settle);
document.addEventListener("htmx:historyRestore", settle);
document.addEventListener("DOMContentLoaded", () => {
  settle();
  listen();
});
