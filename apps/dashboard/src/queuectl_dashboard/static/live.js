// The socket tells that something changed; the page fetches itself and takes over what differs.

import { base, fetchDocument, takeOver } from "./page.js";

const light = document.getElementById("live");
const lost = document.getElementById("lost");

const QUIET_MS = 60; // gathers a burst of changes into one fetch
const REST = 2; // a page that takes long to make is fetched less often: twice its time is rest
const DEAF_MS = 45000; // the server speaks at least every 20 s
const LONGEST_PAUSE_MS = 15000;
const POLL_MS = 5000;
const ALARM_MS = 4000; // a moment without a socket is not worth a notice

let pause = 500;
let wanted = false;
let fetching = false;
let alarm = 0;
let list = null;
let cursor = document.body.dataset.cursor; // what happened up to here is on the page
let wasOpen = false;

/** Let *follower* keep the list of jobs: it gets each fresh page, and refreshes what else it shows. */
export function keepList(follower) {
  list = follower;
}

/** Fetch the page again soon. */
export function refresh() {
  wanted = true;
  if (fetching || document.hidden) return;
  fetching = true;
  setTimeout(fetchPage, QUIET_MS);
}

async function fetchPage() {
  wanted = false;
  const began = performance.now();
  try {
    const fresh = await fetchDocument(location.href);
    takeOver(fresh, { skip: list ? "list" : null });
    await list?.takeOver(fresh);
  } catch {
    // The socket's state says that the server is away; the next change tries again.
  }
  setTimeout(() => {
    fetching = false;
    if (wanted) refresh();
  }, Math.min(REST * (performance.now() - began), 2000));
}

function connect() {
  const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}${base}/ws?cursor=${encodeURIComponent(cursor)}`);
  let deaf = 0;
  const listen = () => {
    clearTimeout(deaf);
    deaf = setTimeout(() => socket.close(), DEAF_MS);
  };
  socket.onopen = () => {
    pause = 500;
    say("live", "live");
    listen();
    // Not all that changes is in the feed; the page that was just loaded shows it.
    if (wasOpen) refresh();
    wasOpen = true;
  };
  socket.onmessage = (event) => {
    listen();
    const message = JSON.parse(event.data);
    cursor = message.cursor ?? cursor;
    if (!["heartbeat", "hello"].includes(message.type)) refresh();
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
  light.firstElementChild.textContent = words;
  clearTimeout(alarm);
  if (state === "live") lost.hidden = true;
  else alarm = setTimeout(() => (lost.hidden = false), ALARM_MS);
}

/** Begin to follow the store. */
export function start() {
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) refresh();
  });
  // Where sockets are blocked, or too many are open, the page still comes up to date.
  setInterval(() => {
    if (light.dataset.state !== "live") refresh();
  }, POLL_MS);
  connect();
}
