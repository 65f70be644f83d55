// The output of one run: its end with colours, what comes while it goes on, and a search in it.

import { asLeft, spans } from "./ansi.js";
import { send } from "./api.js";
import { base } from "./page.js";

const LINES = 400;
const POLL_MS = 1500;
const MOST_LINES = 5000; // a page is no place for more; the download has them all

const log = document.getElementById("log");
const code = log?.querySelector("code");
const search = document.getElementById("log-search");
const follow = document.getElementById("log-follow");
const found = document.getElementById("log-found");

let style;
let before; // the style at the start of the line that is not over yet
let open = null; // that line, on the page
let rest = ""; // and as it came
let dropped = 0;
let hit = null;

/** Bring the output to life, if the page has one. */
export async function start() {
  if (!log) return;
  document.getElementById("log-wrap").addEventListener("change", (event) => {
    log.classList.toggle("nowrap", !event.target.checked);
  });
  search.addEventListener("input", () => mark([...code.children]));
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") step(event.shiftKey ? -1 : 1);
  });
  log.addEventListener("scroll", () => {
    follow.checked = isAtEnd();
  });
  follow.addEventListener("change", toEnd);
  toEnd();
  if (log.dataset.liveRun !== undefined) listen();
  else await read().catch(() => {}); // the plain end that the server wrote stays
}

function ask(part) {
  const { job, run, split } = log.dataset;
  const streams = split === undefined ? ["stdout"] : ["stdout", "stderr"];
  return Promise.all(
    streams.map((stream) => send("GET", `/jobs/${job}/logs?run=${run}&stream=${stream}&${part(stream)}`)),
  );
}

async function read() {
  const outputs = (await ask(() => `tail=${LINES}`)).filter(({ text }) => text);
  clear();
  for (const { stream, text } of outputs) {
    if (stream === "stderr") add("--- stderr ---\n");
    add(text.endsWith("\n") ? text : `${text}\n`);
  }
}

function listen() {
  const { job, attempt } = log.dataset;
  const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}${base}/ws/logs/${job}/${attempt}`);
  let isOver = false;
  let isFirst = true;
  let isHeard = false;
  socket.onmessage = (event) => {
    isHeard = true;
    const message = JSON.parse(event.data);
    if (isFirst && message.type === "output") clear(); // it tells the last lines again
    isFirst &&= message.type !== "output";
    if (message.type === "output") add(message.text);
    if (message.type === "end") isOver = true;
  };
  socket.onclose = () => {
    if (isOver) return;
    if (isHeard) setTimeout(listen, 2000 + 2000 * Math.random());
    else poll({});
  };
}

// Where sockets are blocked, the output is asked for from where it ended the last time.
async function poll(places) {
  try {
    const isFirst = !Object.keys(places).length;
    const outputs = await ask((stream) => (isFirst ? `tail=${LINES}` : `from=${places[stream]}`));
    if (isFirst) clear();
    for (const { stream, text, to } of outputs) {
      if (text) add(text);
      places[stream] = to;
    }
    if (outputs.every((each) => each.is_over && each.to === each.size)) return;
  } catch {
    // The job may be gone, or the dashboard away: the next look tells.
  }
  setTimeout(poll, POLL_MS, places);
}

function clear() {
  code.replaceChildren();
  [style, before, open, rest, dropped] = [undefined, undefined, null, "", 0];
}

function add(text) {
  const isFollowed = follow.checked;
  const lines = (rest + text.replaceAll("\r\n", "\n")).split("\n");
  const made = document.createDocumentFragment();
  open?.remove();
  style = before;
  for (const line of lines.slice(0, -1)) made.append(row(line));
  before = style;
  rest = lines.at(-1);
  open = rest ? row(rest) : null;
  if (open) made.append(open);
  mark([...made.children]);
  code.append(made);
  while (code.children.length > MOST_LINES) {
    code.firstElementChild.remove();
    dropped += 1;
  }
  if (isFollowed) toEnd();
}

function row(line) {
  const made = document.createElement("span");
  made.className = "line";
  const [parts, next] = spans(asLeft(line), style);
  style = next;
  made.append(...parts, "\n");
  return made;
}

// --- where one looks ---

function isAtEnd() {
  return log.scrollTop + log.clientHeight >= log.scrollHeight - 8;
}

function toEnd() {
  if (follow.checked) log.scrollTop = log.scrollHeight;
}

// --- the search ---

function mark(rows) {
  const wanted = search.value.toLowerCase();
  for (const each of rows) {
    each.classList?.toggle("hit", Boolean(wanted) && each.textContent.toLowerCase().includes(wanted));
  }
  const count = code.querySelectorAll(".hit").length;
  found.textContent = wanted ? `${count} line${count === 1 ? "" : "s"}` : "";
}

function step(by) {
  const hits = [...code.querySelectorAll(".hit")];
  if (!hits.length) return;
  const here = hits.indexOf(hit);
  hit?.classList.remove("here");
  hit = hits[(here + by + hits.length) % hits.length];
  hit.classList.add("here");
  follow.checked = false;
  log.scrollTop = hit.offsetTop - log.clientHeight / 2;
}
