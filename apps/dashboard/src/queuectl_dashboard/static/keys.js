// The keyboard: what each key does is listed by `?`. Keys with Ctrl, Alt or Meta are the browser's.

import { base } from "./page.js";

const PAUSE_MS = 900; // between `g` and the letter of a page

let went = -Infinity;

const DEEDS = {
  "?": () => document.getElementById("help").showModal(),
  "/": search,
  n: () => document.querySelector("[data-opens='new-job']")?.click(),
  t: () => document.getElementById("theme").click(),
  p: () => document.getElementById("pause").click(),
  j: () => step(1),
  k: () => step(-1),
  x: () => line()?.querySelector("input[name=pick]")?.click(),
  g: () => (went = performance.now()),
};

/** Begin to listen. */
export function start() {
  document.getElementById("keys").addEventListener("click", DEEDS["?"]);
  document.addEventListener("keydown", press);
}

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.closest("input:not([type=checkbox]), select, textarea")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (performance.now() - went < PAUSE_MS && go(event.key)) return event.preventDefault();
  const deed = DEEDS[event.key];
  if (!deed) return;
  event.preventDefault();
  deed();
}

function go(letter) {
  went = -Infinity;
  const link = document.querySelector(`.nav a[data-key="${CSS.escape(letter)}"]`);
  link?.click();
  return link !== null;
}

function search() {
  const field = document.getElementById("search");
  if (field) field.select();
  else location.assign(`${base}/jobs#search`);
}

function lines() {
  return [...document.querySelectorAll("main :is(tbody tr, .failures li) a[href]")].filter(
    (link, place, all) => all.findIndex((other) => row(other) === row(link)) === place,
  );
}

function row(link) {
  return link.closest("tr, li");
}

function line() {
  return document.activeElement?.closest("tr, li");
}

function step(by) {
  const all = lines();
  const here = all.findIndex((link) => row(link) === line());
  const next = all[here < 0 ? 0 : Math.min(Math.max(here + by, 0), all.length - 1)];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest" });
}
