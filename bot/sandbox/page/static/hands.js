// Keys, menus, questions: what a hand does that is no request by itself.
"use strict";

const closest = (event, selector) => (event.target instanceof Element ? event.target.closest(selector) : null);

// Typing.
document.addEventListener("input", (event) => {
  const field = closest(event, "[data-typed], [data-search]");
  if (field) field.setAttribute("data-unheard", "");
  if (closest(event, "textarea")) grow(event.target);
});

// A switch stays where it was put until the server has heard of it.
document.addEventListener("change", (event) => closest(event, "[data-chosen]")?.setAttribute("data-unheard", ""));

// What waits for its answer goes on showing that when it is drawn anew.
const busy = new Set();

document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, requestConfig } = event.detail;
  if (requestConfig.verb === "post") busy.add(elt);
  if (elt.hasAttribute("data-typed")) elt.sending = elt.value;
});

document.addEventListener("htmx:afterRequest", (event) => {
  const { elt, successful, requestConfig } = event.detail;
  busy.delete(elt);
  if (elt.hasAttribute("data-typed") && elt.sending === elt.value) elt.setAttribute("data-unheard", "answered");
  elt.closest("[data-chosen]")?.setAttribute("data-unheard", "answered");
  if (elt.type === "file") elt.value = "";
  if (elt.dataset.clear === "" && successful) clear(elt);
  if (elt.dataset.clear === "at once" && !successful) restore(elt.querySelector("textarea"), requestConfig.parameters.text);
});

// What is said goes out as it stood when it was said, one after the other, and the field is empty at once.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.clear !== "at once") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const values = Object.fromEntries(new FormData(form));
  clear(form);
  form.dispatchEvent(new Event("sent", { bubbles: true }));
  // What fails is given back above, and the page says where the sandbox is gone.
  htmx.ajax("POST", form.getAttribute("hx-post"), { source: form, swap: "none", values }).catch(() => {});
}, true);

function clear(form) {
  for (const area of form.querySelectorAll("textarea")) {
    area.value = "";
    grow(area);
  }
  for (const tick of form.querySelectorAll("[type=checkbox]")) tick.checked = false;
  for (const file of form.querySelectorAll("[type=file]")) file.value = "";
}

// What could not be said is given back, before what was typed since.
function restore(area, words) {
  area.value = area.value ? `${words}\n${area.value}` : words;
  grow(area);
}

function grow(area) {
  if (!area.hasAttribute("data-enter-sends")) return;
  area.style.height = "auto";
  area.style.height = `${Math.min(area.scrollHeight, 160)}px`;
}

document.addEventListener("change", (event) => {
  if (closest(event, "[data-submits]")) event.target.form.requestSubmit();
});

// Keys.
document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.defaultPrevented) return;
  if (event.key === "Enter") enter(event);
  if (event.key === "Escape") escape(event);
});

function enter(event) {
  const field = event.target;
  if (!(field instanceof HTMLElement) || event.shiftKey) return;
  if (field.hasAttribute("data-enter-sends")) {
    event.preventDefault();
    const file = field.form.querySelector("[type=file]");
    if (field.value.trim() || file?.value) field.form.requestSubmit();
  } else if (field.hasAttribute("data-enter-tells") && field.tagName === "INPUT") {
    event.preventDefault();
    const told = JSON.parse(field.getAttribute("hx-vals"));
    htmx.ajax("POST", "/act/type", { swap: "none", values: { ...told, value: field.value, enter: "1" } });
  } else if (field.tagName === "TEXTAREA" && (event.metaKey || event.ctrlKey)) {
    event.preventDefault();
    field.form?.requestSubmit();
  }
}

function escape(event) {
  if (document.querySelector(":popover-open, dialog[open]")) return;
  const close = document.querySelector("[data-close-modal]") || document.querySelector("[data-close-thread]");
  if (close) {
    event.preventDefault();
    close.click();
  }
}

// Tab goes round within a modal.
document.addEventListener("keydown", (event) => {
  const modal = closest(event, "[data-modal]");
  if (!modal || event.key !== "Tab" || event.defaultPrevented) return;
  const inside = [...modal.querySelectorAll("a[href], button:not(:disabled), input:not([type=hidden]), select, textarea, [tabindex='0']")];
  const there = inside.filter((each) => each.tabIndex >= 0 && each.getClientRects().length);
  const [end, other] = event.shiftKey ? [there[0], there.at(-1)] : [there.at(-1), there[0]];
  if (document.activeElement !== end) return;
  event.preventDefault();
  other.focus();
});

// What opens beside something stays inside the window, and there when it is drawn anew.
function beside(floating, anchor) {
  if (floating.matches(".offered")) floating.style.width = `${Math.max(220, anchor.offsetWidth)}px`;
  const from = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = floating;
  const below = from.bottom + 4 + height < innerHeight || from.top < innerHeight - from.bottom;
  floating.style.top = `${Math.max(4, below ? from.bottom + 4 : from.top - height - 4)}px`;
  floating.style.left = `${Math.max(4, Math.min(from.left, innerWidth - width - 8))}px`;
}

const openerOf = (menu) => document.querySelector(`[popovertarget="${menu.id}"]`);

document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!menu.matches?.(".menu[popover]")) return;
  openerOf(menu)?.setAttribute("aria-expanded", String(event.newState === "open"));
  if (event.newState !== "open") return;
  beside(menu, openerOf(menu));
  menu.querySelector("button, a")?.focus();
}, true);

document.addEventListener("htmx:afterSwap", () => {
  busy.forEach((each) => each.classList.add("htmx-request"));
  for (const menu of document.querySelectorAll(".menu:popover-open")) if (openerOf(menu)) beside(menu, openerOf(menu));
});

document.addEventListener("keydown", (event) => {
  const menu = closest(event, ".menu");
  const items = menu ? [...menu.querySelectorAll("button, a")] : [];
  const from = items.indexOf(document.activeElement);
  const wanted = { ArrowDown: from + 1, ArrowUp: from - 1, Home: 0, End: -1 }[event.key];
  if (wanted === undefined || !items.length) return;
  event.preventDefault();
  items[(wanted + items.length) % items.length].focus();
});

document.addEventListener("click", (event) => {
  closest(event, ".menu button, .menu a")?.closest("[popover]").hidePopover();
  const leading = closest(event, "[data-go], [data-open]");
  if (leading?.dataset.open) window.open(leading.dataset.open, "_blank", "noopener,noreferrer");
  if (leading?.dataset.go) go(leading.dataset.go);
});

// The link stays until it has led there: without it nobody would know how its answer is shown.
function go(url) {
  const link = document.createElement("a");
  link.href = url;
  link.hidden = true;
  for (const name of ["hx-boost", "hx-target", "hx-select"]) link.setAttribute(name, app().getAttribute(name));
  document.body.append(link);
  htmx.process(link);
  link.addEventListener("htmx:afterRequest", () => setTimeout(() => link.remove()));
  link.click();
}

// A carousel is turned by as many cards as it shows.
document.addEventListener("click", (event) => {
  const turn = closest(event, "[data-turn]");
  const cards = turn?.parentElement.querySelector(".cards");
  cards?.scrollBy({ left: Number(turn.dataset.turn) * Math.max(278, cards.clientWidth - 278), behavior: "smooth" });
});

function settleTurns(cards) {
  const [back, on] = cards.parentElement.querySelectorAll("[data-turn]");
  back.disabled = cards.scrollLeft <= 0;
  on.disabled = cards.scrollLeft + cards.clientWidth >= cards.scrollWidth - 1;
}

document.addEventListener("settled", () => document.querySelectorAll(".cards").forEach(settleTurns));
document.addEventListener("scroll", (event) => {
  if (event.target.matches?.(".cards")) settleTurns(event.target);
}, true);

// Menus one types into are rare: what they need comes with the first of them.
document.addEventListener("settled", () => {
  if (document.querySelector("[data-search]")) import("/static/choose.js");
});

// A question before something that cannot be taken back.
document.addEventListener("htmx:confirm", (event) => {
  const { askTitle, askText, askYes, askNo, askStyle } = event.detail.elt.dataset;
  if (!askTitle) return;
  event.preventDefault();
  const dialog = document.getElementById("confirm");
  const [no, yes] = dialog.querySelectorAll("button");
  dialog.querySelector("h2").textContent = askTitle;
  dialog.querySelector("p").textContent = askText;
  [no.textContent, yes.textContent] = [askNo, askYes];
  yes.className = `button large ${askStyle}`;
  no.className = "button large";
  dialog.returnValue = "no";
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "yes") event.detail.issueRequest(true);
    else look();
  }, { once: true });
  dialog.showModal();
});

// A sentence for a moment.
document.addEventListener("said", (event) => {
  const toast = document.createElement("p");
  toast.textContent = event.detail.value;
  const toasts = document.getElementById("toasts");
  toasts.replaceChildren(...[...toasts.children].slice(-1), toast);
  setTimeout(() => toast.remove(), 6000);
});
