// The switcher: where one could go, narrowed by what is typed.
"use strict";

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

function goals() {
  const places = [...document.querySelectorAll(".places a.place")].map((link) => ({ link, name: link.querySelector(".name").textContent, about: "" }));
  const people = [...document.querySelectorAll(".bar a.person:not([aria-current])")].map((link) => ({ link, name: link.dataset.name, about: "Be this person" }));
  return [...places.filter(({ link }) => link.classList.contains("unread")), ...places.filter(({ link }) => !link.classList.contains("unread")), ...people];
}

export function narrow(field) {
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
  document.getElementById("switcher").close();
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
  if (STEPS[event.key]) mark(field, list, at + STEPS[event.key]);
  else if (event.key === "Enter") leave(list.children[at]);
  else return;
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  const option = closest(event, "#switcher [role=option]");
  if (option) leave(option);
});
