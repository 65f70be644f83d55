// Brings a page to life; everything that it shows came from the server as HTML.

import * as act from "./act.js";
import * as clock from "./clock.js";
import * as keys from "./keys.js";
import * as list from "./list.js";
import * as live from "./live.js";
import { base } from "./page.js";

const THEMES = ["system", "light", "dark"];

function startTheme() {
  const root = document.documentElement;
  const word = document.getElementById("theme-word");
  word.textContent = root.dataset.theme ?? "system";
  document.getElementById("theme").addEventListener("click", () => {
    const next = THEMES[(THEMES.indexOf(word.textContent) + 1) % THEMES.length];
    word.textContent = next;
    if (next === "system") delete root.dataset.theme;
    else root.dataset.theme = next;
    list.keep("queuectl-theme", next);
  });
}

<<<<<<< HEAD
function replaceLast(part, fresh) {
  const [pages, freshPages] = [part.querySelector(".pages"), fresh.querySelector(".pages")];
  if (pages && freshPages) pages.replaceChildren(...adopt(freshPages.childNodes));
  else if (pages) pages.remove();
  else if (freshPages) part.append(document.importNode(freshPages, true));
}

function adopt(nodes) {
  return [...nodes].map((node) => document.importNode(node, true));
}

function scrollOf(log) {
  if (!log) return { follows: true, top: 0 };
  return { follows: log.scrollTop + log.clientHeight >= log.scrollHeight - 8, top: log.scrollTop };
}

function scrollLog(log, { follows, top }) {
  if (log) log.scrollTop = follows ? log.scrollHeight : top;
}

// --- the socket ---

function connect() {
  const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}${base}/ws`);
  let deaf = 0;
  const listen = () => {
    clearTimeout(deaf);
    deaf = setTimeout(() => socket.close(), DEAF_MS);
  };
  socket.onopen = () => {
    pause = 500;
    say("live", "live");
    listen();
  };
  socket.onmessage = (event) => {
    listen();
    if (JSON.parse(event.data).type !== "heartbeat") refresh();
  };
  socket.onclose = () => {
    clearTimeout(deaf);
    say("lost", "reconnecting");
    setTimeout(connect, pause * (0.5 + Math.random()));
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  };
}

function say(state, words) {
  if (light.dataset.state === state) return;
  light.dataset.state = state;
  light.textContent = words;
}

// --- the clock ---

function tick() {
  if (document.hidden) return;
  const now = Date.now();
  for (const time of document.querySelectorAll("time[data-ago]")) {
    put(time, ago(now - Date.parse(time.dateTime)));
=======
function startForms() {
  for (const form of document.querySelectorAll("form.filters")) {
    form.addEventListener("change", (event) => {
      if (event.target.matches("select")) form.requestSubmit();
    });
    // Empty fields would only make the address longer.
    form.addEventListener("formdata", (event) => {
      for (const [name, value] of [...event.formData]) if (!value) event.formData.delete(name);
    });
>>>>>>> 3cf2833 (Give the dashboard an overview, navigation and a list of any length)
  }
}

function logOut() {
  fetch(`${base}/logout`, { method: "POST" }).finally(() => location.assign(`${base}/`));
}

if (location.hash.startsWith("#token=") || location.hash.startsWith("#code=")) {
  history.replaceState(null, "", location.pathname + location.search);
}
if (location.hash === "#search") document.getElementById("search")?.focus();
document.getElementById("logout").addEventListener("click", logOut);
// On a phone the links lie in a row that scrolls: bring the chosen one into view.
for (const here of document.querySelectorAll(":is(.nav, .rail) [aria-current]")) {
  here.scrollIntoView({ block: "nearest", inline: "nearest" });
}
startTheme();
startForms();
list.start();
act.start();
keys.start();
clock.start();
live.start();
