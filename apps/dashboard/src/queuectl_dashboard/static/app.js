// Keeps a page current: a socket tells that something changed, the page fetches itself and takes
// over what differs. No markup is ever built from text here.

const base = document.body.dataset.base;
const light = document.getElementById("live");

const QUIET_MS = 150; // gathers a burst of changes into one fetch
const DEAF_MS = 45000; // the server sends a heartbeat every 20 s
const LONGEST_PAUSE_MS = 15000;
const POLL_MS = 5000;

let pause = 500;
let wanted = false;
let fetching = false;

// --- what changed ---

function refresh() {
  wanted = true;
  if (fetching || document.hidden) return;
  fetching = true;
  setTimeout(fetchPage, QUIET_MS);
}

function fetchPage() {
  wanted = false;
  // XMLHttpRequest parses into an inert document; parsing text ourselves would need a policy.
  const request = new XMLHttpRequest();
  request.open("GET", location.href);
  request.responseType = "document";
  request.timeout = 10000;
  request.setRequestHeader("Accept", "text/html");
  request.onloadend = () => {
    fetching = false;
    if (request.status === 401) location.reload();
    else if (request.status === 200 && request.response) takeOver(request.response);
    if (wanted) refresh();
  };
  request.send();
}

function takeOver(page) {
  const focus = document.activeElement?.id;
  for (const part of document.querySelectorAll("[data-live]")) {
    const fresh = page.querySelector(`[data-live="${part.dataset.live}"]`);
    if (fresh) replacePart(part, fresh);
  }
  document.title = page.title;
  if (focus && document.activeElement?.id !== focus) document.getElementById(focus)?.focus();
}

function replacePart(part, fresh) {
  const [body, freshBody] = [part.querySelector("tbody"), fresh.querySelector("tbody")];
  if (body && freshBody) {
    replaceRows(body, freshBody);
    replaceLast(part, fresh);
  } else if (!part.isEqualNode(fresh)) {
    const scroll = scrollOf(part.querySelector(".log"));
    part.replaceChildren(...adopt(fresh.childNodes));
    scrollLog(part.querySelector(".log"), scroll);
  }
}

function replaceRows(body, fresh) {
  // Rows that say the same stay as they are, so that selections and focus survive.
  const rows = new Map([...body.rows].map((row) => [row.id, row]));
  const next = [...fresh.rows].map((row) => {
    const old = rows.get(row.id);
    if (old && old.dataset.mark === row.dataset.mark) return old;
    const copy = document.importNode(row, true);
    copy.classList.add(old ? "changed" : "new");
    return copy;
  });
  next.forEach((row, place) => {
    if (body.rows[place] !== row) body.insertBefore(row, body.rows[place] ?? null);
  });
  while (body.rows.length > next.length) body.rows[next.length].remove();
}

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
  }
  for (const time of document.querySelectorAll("time[data-span]")) {
    put(time, wholeSpan(now - Date.parse(time.dateTime)));
  }
}

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function ago(passed) {
  if (Math.abs(passed) < 1000) return "now";
  return passed > 0 ? `${coarse(passed)} ago` : `in ${coarse(-passed)}`;
}

function coarse(ms) {
  const seconds = Math.floor(ms / 1000);
  for (const [length, name] of [[86400, "d"], [3600, "h"], [60, "min"]]) {
    if (seconds >= length) return `${Math.floor(seconds / length)} ${name}`;
  }
  return `${seconds} s`;
}

function wholeSpan(ms) {
  const seconds = Math.floor(Math.max(ms, 0) / 1000);
  const units = [[86400, "d", 3600, "h"], [3600, "h", 60, "min"], [60, "min", 1, "s"]];
  for (const [length, name, below, small] of units) {
    if (seconds < length) continue;
    const rest = Math.floor((seconds % length) / below);
    return `${Math.floor(seconds / length)} ${name}${rest ? ` ${rest} ${small}` : ""}`;
  }
  return `${seconds} s`;
}

// --- the page ---

function keys(event) {
  const typing = event.target.closest("input, select, textarea");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const search = document.getElementById("search");
  if (!search) return;
  event.preventDefault();
  search.select();
}

function logOut() {
  fetch(`${base}/logout`, { method: "POST" }).finally(() => location.assign(`${base}/`));
}

if (location.hash.startsWith("#token=") || location.hash.startsWith("#code=")) {
  history.replaceState(null, "", location.pathname + location.search);
}
const logout = document.getElementById("logout");
logout.hidden = false;
logout.addEventListener("click", logOut);
for (const select of document.querySelectorAll(".filters select")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}
scrollLog(document.getElementById("log"), { follows: true, top: 0 });
// On a phone the states lie in a row that scrolls: bring the chosen one into view.
document.querySelector(".rail [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
document.addEventListener("keydown", keys);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) refresh();
});
setInterval(tick, 1000);
// Where sockets are blocked, or too many are open, the page still comes up to date.
setInterval(() => {
  if (light.dataset.state !== "live") refresh();
}, POLL_MS);
connect();
