// The line tells that something changed; the page fetches itself and takes over what differs.

import { follow } from "./line.js";
import { fetchDocument, takeOver } from "./page.js";

const light = document.getElementById("live");
const lost = document.getElementById("lost");
const pauseButton = document.getElementById("pause");
const waiting = document.getElementById("waiting");

const REST = 1; // a page that takes long to make is fetched less often: it rests as long
const LONGEST_REST_MS = 2000;
const POLL_MS = 5000;
const ALARM_MS = 4000; // a moment without a line is not worth a notice
const WORDS = { socket: "live", events: "live", lost: "reconnecting" };
const TITLES = { socket: "", events: "By events: something between blocks websockets", lost: "" };

let wanted = false;
let fetching = false;
let alarm = 0;
let list = null;
let state = "waiting";
let wasLive = false;
let isPaused = false;
let missed = 0;

/** Let *follower* keep the list of jobs: it gets each fresh page, and refreshes what else it shows. */
export function keepList(follower) {
  list = follower;
}

/** Fetch the page again: at once, or as soon as it has rested. */
export function refresh() {
  wanted = true;
  if (fetching || document.hidden) return;
  fetching = true;
  fetchPage();
}

async function fetchPage() {
  wanted = false;
  count(0);
  const began = performance.now();
  try {
    const fresh = await fetchDocument(location.href);
    takeOver(fresh, { skip: list ? "list" : null });
    await list?.takeOver(fresh);
  } catch {
    // The line's state says that the server is away; the next change tries again.
  }
  setTimeout(() => {
    fetching = false;
    if (wanted) refresh();
  }, Math.min(REST * (performance.now() - began), LONGEST_REST_MS));
}

function take(message) {
  if (["heartbeat", "hello"].includes(message.type)) return;
  if (isPaused) count(message.type === "resync" ? Infinity : missed + (message.events?.length ?? 0));
  else refresh();
}

function say(next) {
  if (state === next) return;
  state = next;
  light.dataset.line = state;
  light.title = TITLES[state];
  clearTimeout(alarm);
  if (state === "lost") alarm = setTimeout(() => (lost.hidden = false), ALARM_MS);
  else {
    lost.hidden = true;
    // Not all that changes is in the feed; the page that was just loaded shows it.
    if (wasLive && !isPaused) refresh();
    wasLive = true;
  }
  show();
}

// --- pausing ---

/** Let the page stand still, or go on. */
export function togglePause() {
  isPaused = !isPaused;
  pauseButton.setAttribute("aria-pressed", String(isPaused));
  if (!isPaused) refresh();
  show();
}

function count(changes) {
  missed = changes;
  waiting.textContent = missed > 999 ? "999+" : missed || "";
  waiting.title = missed ? "Changes since, that are not shown" : "";
}

function show() {
  light.dataset.state = state === "lost" ? "lost" : isPaused ? "paused" : "live";
  const words = state !== "lost" && isPaused ? "paused" : WORDS[state];
  if (light.firstElementChild.textContent !== words) light.firstElementChild.textContent = words;
}

/** Begin to follow the store. */
export function start() {
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && !isPaused) refresh();
  });
  pauseButton.addEventListener("click", togglePause);
  // Where there is no line, or too many have one, the page still comes up to date.
  setInterval(() => {
    if (["waiting", "lost"].includes(state) && !isPaused) refresh();
  }, POLL_MS);
  follow(take, say);
}
