// The line to the dashboard: a websocket; server-sent events where sockets are blocked; both go on
// from the place in the feed where the one before them ended.

import { base } from "./page.js";

const DEAF_MS = 45000; // the server speaks at least every 20 s
const HELLO_MS = 5000; // something between may take a socket and pass nothing on
const AGAIN_MS = 60000; // while the events come, the socket is tried now and then
const SOON_MS = 5000; // and sooner, where there was one
const BLOCKED_AFTER = 6; // a page may move to a network that takes no sockets; a restart is over by then
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15000;

let cursor = document.body.dataset.cursor; // what happened up to here is on the page
let pause = FIRST_PAUSE_MS;
let next = 0;
let socket = null;
let hadSocket = false; // then they are not blocked, and a broken one comes back
let failures = 0; // of sockets, since one opened
let stream = null;
let state = null;
let tell;
let tellState;

/** Follow the store: *onMessage* gets what happens, *onState* how: socket, events or lost. */
export function follow(onMessage, onState) {
  [tell, tellState] = [onMessage, onState];
  connect();
  document.addEventListener("visibilitychange", () => {
    // A browser opens six requests to a host at most: pages that nobody sees must not hold them.
    if (document.hidden && stream) stopStream();
    else if (!document.hidden && stream?.isResting) startStream();
  });
}

function say(now) {
  state = now;
  tellState(now);
}

function take(text) {
  const message = JSON.parse(text);
  // What a greeting names was not told yet: what was missed may still follow it.
  if (message.type !== "hello") cursor = message.cursor ?? cursor;
  tell(message);
}

function address(path) {
  return `${base}${path}?cursor=${encodeURIComponent(cursor)}`;
}

// --- the socket ---

function connectIn(ms) {
  clearTimeout(next);
  next = setTimeout(connect, ms);
}

function connect() {
  if (socket) return;
  socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}${address("/ws")}`);
  let isOpen = false;
  let deaf = setTimeout(() => socket.close(), HELLO_MS);
  socket.onmessage = (event) => {
    clearTimeout(deaf);
    deaf = setTimeout(() => socket.close(), DEAF_MS);
    if (!isOpen) {
      isOpen = hadSocket = true;
      failures = 0;
      pause = FIRST_PAUSE_MS;
      endStream();
      say("socket");
    }
    take(event.data);
  };
  socket.onclose = () => {
    clearTimeout(deaf);
    socket = null;
    if (stream) connectIn(AGAIN_MS);
    else if (hadSocket && ++failures < BLOCKED_AFTER) lose();
    else startStream();
  };
}

function lose() {
  say("lost");
  connectIn(pause * (0.5 + Math.random()));
  pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
}

// --- the events, where there is no socket ---

function startStream() {
  const source = new EventSource(address("/api/v1/live"));
  const mine = (stream = { source, deaf: 0, isResting: false });
  const fail = () => {
    if (stream !== mine) return;
    endStream();
    lose();
  };
  const listen = (ms) => {
    clearTimeout(mine.deaf);
    mine.deaf = setTimeout(fail, ms);
  };
  listen(HELLO_MS);
  source.onmessage = (event) => {
    listen(DEAF_MS);
    if (state !== "events") {
      pause = FIRST_PAUSE_MS;
      connectIn(hadSocket ? SOON_MS : AGAIN_MS);
      say("events");
    }
    take(event.data);
  };
  // It ends each time that the server has enough of it, and comes back by itself.
  source.onerror = () => (source.readyState === EventSource.CLOSED ? fail() : listen(HELLO_MS));
}

function stopStream() {
  stream.source.close();
  clearTimeout(stream.deaf);
  stream.isResting = true;
}

function endStream() {
  if (stream) stopStream();
  stream = null;
}
