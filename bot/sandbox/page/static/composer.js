// Where one writes: completion, formatting, drafts, files, changing what was said.
"use strict";

// What "/", "@" and "#" offer stands in a listbox over the field; the word before the caret chooses among it.
const offersOf = (field) => (field instanceof HTMLTextAreaElement && field.dataset.offers ? document.getElementById(field.dataset.offers) : null);

const HEADINGS = { "/": "Commands", "@": "People", "#": "Channels" };

function asked(field) {
  const before = field.value.slice(0, field.selectionStart);
  const command = /^(\/\S*)(\s?)/.exec(before);
  if (command) return { sign: "/", word: command[1].toLowerCase(), whole: command[2] !== "" };
  const name = /(?:^|\s)([@#])([\w.-]*)$/.exec(before);
  return name ? { sign: name[1], word: name[2].toLowerCase(), whole: false } : null;
}

function fits(option, { sign, word, whole }) {
  const { sign: its, insert, find } = option.dataset;
  if (its !== sign) return false;
  if (sign === "/") return whole ? insert === word : insert.startsWith(word);
  return find.toLowerCase().split(" ").some((part) => part.startsWith(word));
}

function offer(field) {
  const list = offersOf(field);
  const what = asked(field);
  for (const each of list.children) each.hidden = what === null || !fits(each, what);
  const there = offered(list);
  list.hidden = there.length === 0;
  // With the command written out, its line only reminds of what may follow: keys are the field's again.
  list.toggleAttribute("data-reminds", Boolean(what?.whole));
  list.dataset.heading = what ? HEADINGS[what.sign] : "";
  pick(field, what?.whole ? [] : there, 0);
}

const offered = (list) => [...list.children].filter((each) => !each.hidden);

function pick(field, there, at) {
  const wanted = there[(at + there.length) % there.length];
  for (const each of offersOf(field).children) each.setAttribute("aria-selected", String(each === wanted));
  if (wanted) {
    field.setAttribute("aria-activedescendant", wanted.id);
    wanted.scrollIntoView({ block: "nearest" });
  } else field.removeAttribute("aria-activedescendant");
}

function hideOffers(field) {
  const list = offersOf(field);
  if (!list) return;
  list.hidden = true;
  field.removeAttribute("aria-activedescendant");
}

function complete(field, option) {
  const { word } = asked(field);
  const end = field.selectionStart;
  const start = option.dataset.sign === "/" ? 0 : end - word.length - 1;
  field.setRangeText(`${option.dataset.insert} `, start, end, "end");
  field.focus();
  changed(field);
}

// What is typed out already needs no Enter of its own.
function isWhole(field, { dataset: { sign, insert } }) {
  const { sign: its, word } = asked(field);
  return its === sign && insert === (sign === "/" ? word : sign + word);
}

function offerKey(event, field, list) {
  const there = offered(list);
  const at = there.findIndex((each) => each.getAttribute("aria-selected") === "true");
  if (event.key === "Escape") {
    hideOffers(field);
    return true;
  }
  if (at < 0 || event.shiftKey) return false;
  if (event.key === "ArrowDown") pick(field, there, at + 1);
  else if (event.key === "ArrowUp") pick(field, there, at - 1);
  else if (event.key === "Tab") complete(field, there[at]);
  else if (event.key === "Enter" && !isWhole(field, there[at])) complete(field, there[at]);
  else return false;
  return true;
}

document.addEventListener("mousedown", (event) => {
  const option = closest(event, "[data-insert]");
  if (!option) return;
  event.preventDefault();
  complete(option.closest("form").querySelector("textarea"), option);
});

document.addEventListener("focusout", (event) => hideOffers(event.target));

// Formatting: marks around what is selected, or before each of its lines.
const MARKS = { b: "*", i: "_", "shift+x": "~", "shift+c": "`" };

const changed = (field) => field.dispatchEvent(new Event("input", { bubbles: true }));

function around(field, mark) {
  const { selectionStart: start, selectionEnd: end, value } = field;
  field.setRangeText(mark + value.slice(start, end) + mark, start, end, "end");
  if (start === end) field.setSelectionRange(start + mark.length, start + mark.length);
  field.focus();
  changed(field);
}

function before(field, sign) {
  const start = field.value.lastIndexOf("\n", field.selectionStart - 1) + 1;
  const lines = field.value.slice(start, field.selectionEnd).split("\n");
  const marked = lines.map((line, at) => (sign === "1. " ? `${at + 1}. ${line}` : sign + line)).join("\n");
  field.setRangeText(marked, start, field.selectionEnd, "end");
  field.focus();
  changed(field);
}

document.addEventListener("click", (event) => {
  const button = closest(event, "[data-around], [data-before], [data-begins]");
  const field = button?.closest("form").querySelector("textarea");
  if (!field) return;
  if (button.dataset.around) around(field, button.dataset.around);
  else if (button.dataset.before) before(field, button.dataset.before);
  else {
    field.setRangeText(button.dataset.begins, field.selectionStart, field.selectionEnd, "end");
    field.focus();
    changed(field);
  }
});

// Keys. They come here before anything else hears of them.
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.isComposing || !(field instanceof HTMLTextAreaElement) || !field.closest(".composer")) return;
  if (composerKey(event, field)) event.preventDefault();
}, true);

function composerKey(event, field) {
  const list = offersOf(field);
  if (list && !list.hidden && offerKey(event, field, list)) return true;
  const mark = (event.ctrlKey || event.metaKey) && MARKS[(event.shiftKey ? "shift+" : "") + event.key.toLowerCase()];
  if (mark) {
    around(field, mark);
    return true;
  }
  if (event.key === "ArrowUp" && field.value === "") {
    const links = field.closest("main, aside").querySelectorAll("[data-edit]");
    links[links.length - 1]?.click();
    return links.length > 0;
  }
  if (event.key === "Escape" && field.closest("[data-editing]")) {
    stopEditing(field.form);
    return true;
  }
  return false;
}

const stopEditing = (form) => form.querySelector("[data-stop-editing]").click();

document.addEventListener("sent", ({ target: form }) => {
  hideOffers(form.querySelector("textarea"));
  sessionStorage.removeItem(form.id);
  showFile(form);
});

document.addEventListener("htmx:afterRequest", ({ detail: { elt, successful } }) => {
  if (successful && elt.hasAttribute("data-editing")) stopEditing(elt);
});

// The file that goes with what is said.
function showFile(form) {
  const chosen = form.querySelector("[type=file]")?.files[0];
  const line = form.querySelector(".attached");
  if (!line) return;
  line.hidden = !chosen;
  line.querySelector("span").textContent = chosen ? chosen.name : "";
}

document.addEventListener("change", (event) => {
  if (!closest(event, ".composer [type=file]")) return;
  showFile(event.target.form);
  event.target.form.querySelector("textarea").focus();
});

document.addEventListener("click", (event) => {
  const form = closest(event, ".composer .attached button")?.form;
  if (!form) return;
  form.querySelector("[type=file]").value = "";
  showFile(form);
});

// What was begun in one place is still there when one comes back to it.
document.addEventListener("input", (event) => {
  const field = event.target;
  if (!(field instanceof HTMLTextAreaElement) || !field.closest(".composer:not([data-editing])")) return;
  offer(field);
  sessionStorage.setItem(field.form.id, field.value);
});

document.addEventListener("settled", () => {
  for (const form of document.querySelectorAll(".composer:not([data-editing])")) {
    const field = form.querySelector("textarea");
    const draft = sessionStorage.getItem(form.id);
    if (draft && field.value === "") {
      field.value = draft;
      grow(field);
    }
  }
});
