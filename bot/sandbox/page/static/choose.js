// Menus one types into: a field, the list that opens under it, and the keys of both. The server draws the options;
// which of them fit what is typed, and which one Enter would take, is known here alone.

let choosing = null;
let at = null;
let waiting = false;

const listOf = (field) => document.getElementById(field.getAttribute("aria-controls"));
const isSeveral = (field) => Boolean(field.closest(".several"));
const typedIn = (field) => (field.hasAttribute("data-unheard") ? field.value.trim() : "");
const asks = (field) => "asks" in field.dataset;
const enough = (field) => typedIn(field).length >= Number(field.dataset.asks);
const fitting = (list) => [...list.querySelectorAll("[role=option]:not([hidden])")];

function openList(field) {
  if (choosing === field) return;
  closeList();
  choosing = field;
  listOf(field).showPopover();
  if (!isSeveral(field) && !field.hasAttribute("data-unheard")) field.select();
  ask();
  offer();
}

function closeList() {
  const field = choosing;
  if (!field) return;
  choosing = at = null;
  waiting = false;
  field.setAttribute("aria-expanded", "false");
  field.removeAttribute("aria-activedescendant");
  field.removeAttribute("data-unheard");
  field.value = field.defaultValue;
  if (field.isConnected && listOf(field)?.matches(":popover-open")) listOf(field).hidePopover();
}

// Ask the app for options, a moment after the last key.
let pause = 0;

function ask() {
  clearTimeout(pause);
  const field = choosing;
  if (!asks(field) || !enough(field)) return;
  waiting = true;
  const told = { ...JSON.parse(field.getAttribute("hx-vals")), value: typedIn(field) };
  const send = () => htmx.ajax("POST", "/act/search", { source: field, swap: "none", values: told });
  pause = setTimeout(send, typedIn(field) ? 200 : 0);
}

function offer() {
  const field = choosing;
  const list = listOf(field);
  const all = [...list.querySelectorAll("[role=option]")];
  const closed = asks(field) && (waiting || !enough(field));
  const shown = closed ? [] : asks(field) ? all : narrowed(all, typedIn(field).toLowerCase());
  for (const each of all) each.hidden = !shown.includes(each);
  for (const group of list.querySelectorAll("[role=group]")) group.hidden = fitting(group).length === 0;
  const there = fitting(list);
  sayNone(field, list, there.length);
  field.setAttribute("aria-expanded", "true");
  highlight(there.find((each) => each.id === at) || there.find((each) => each.ariaSelected === "true") || there[0]);
  beside(list, field.closest(".chooser"));
}

// Options of which a word begins so; where there is none, those that hold it anywhere.
function narrowed(options, typed) {
  const holding = options.filter((each) => each.textContent.toLowerCase().includes(typed));
  const beginning = holding.filter((each) => ` ${each.textContent.toLowerCase().replace(/[#(]/g, " ")}`.includes(` ${typed}`));
  return beginning.length ? beginning : holding;
}

function sayNone(field, list, count) {
  const none = list.querySelector("[data-none]");
  if (!none) return;
  none.hidden = count > 0;
  if (asks(field) && !enough(field)) none.textContent = `Type at least ${field.dataset.asks} characters`;
  else none.textContent = waiting ? "Searching …" : "No results";
}

function highlight(option) {
  at = option ? option.id : null;
  for (const each of listOf(choosing).querySelectorAll("[role=option]")) each.classList.toggle("at", each === option);
  if (option) {
    choosing.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else choosing.removeAttribute("aria-activedescendant");
}

function step(by) {
  const there = fitting(listOf(choosing));
  const from = there.findIndex((each) => each.id === at);
  if (there.length) highlight(there[(from + by + there.length) % there.length]);
}

// True where the key was for the menu and for nothing else.
function listKey(event, field) {
  const open = choosing === field;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (open) step(event.key === "ArrowDown" ? 1 : -1);
    else openList(field);
  } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
    if (open) document.getElementById(at)?.click();
    else openList(field);
  } else if (event.key === "Escape" && open) closeList();
  else if (event.key === "Backspace" && isSeveral(field) && !field.value) {
    [...field.closest(".chooser").querySelectorAll(".chip button")].pop()?.click();
  } else return false;
  return true;
}

document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.("[data-search]");
  if (!field || event.isComposing) return;
  if (event.key === "Tab") closeList();
  else if (listKey(event, field)) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, true);

function typed(field) {
  field.setAttribute("data-unheard", "");
  openList(field);
  at = null;
  ask();
  offer();
}

document.addEventListener("input", (event) => {
  const field = event.target.closest?.("[data-search]");
  if (field) typed(field);
});

document.addEventListener("mousedown", (event) => {
  if (event.target.closest?.(".offered")) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const chooser = event.target.closest?.(".chooser");
  const field = chooser?.querySelector("[data-search]");
  if (!field || event.target.closest("button")) return;
  const option = event.target.closest("[role=option]");
  if (!option) {
    field.focus();
    openList(field);
  } else if (isSeveral(field) && !asks(field)) {
    at = null;
    field.removeAttribute("data-unheard");
    field.value = "";
  } else closeList();
});

// What is drawn anew may be moved, which takes its focus and gives it back at once: only what has lost it is closed.
document.addEventListener("focusout", (event) => {
  const field = event.target;
  if (field !== choosing) return;
  queueMicrotask(() => {
    if (field === choosing && field.isConnected && document.activeElement !== field) closeList();
  });
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.elt === choosing) waiting = false;
});

// Where another field was put in its place, that one goes on with what is typed.
function goOn(field) {
  const before = choosing;
  choosing = field;
  if (before.hasAttribute("data-unheard")) {
    field.value = before.value;
    field.setAttribute("data-unheard", "");
  }
  field.focus({ preventScroll: true });
}

// What was just drawn anew knows nothing of what is typed.
document.addEventListener("htmx:afterSwap", () => {
  if (!choosing) return;
  const there = document.getElementById(choosing.id);
  if (there?.matches("[data-search]") && listOf(there)) {
    if (there !== choosing) goOn(there);
    if (!listOf(there).matches(":popover-open")) listOf(there).showPopover();
    offer();
  } else closeList();
});

// Who was faster than this came.
if (document.activeElement?.matches("[data-search][data-unheard]")) typed(document.activeElement);
