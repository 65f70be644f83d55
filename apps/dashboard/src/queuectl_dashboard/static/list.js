// The list of jobs, however long: a window of rows that are there, between gaps that are as high as
// the rows they stand for. A gap that comes near the view is filled from where the view is in it, so
// that the end is one jump away; rows far from the view become a gap again. Newest first: every part is
// all jobs with ids from `last` up to, not including, `before`.

import { actOnMany, jobs } from "./act.js";
import { keepList } from "./live.js";
import { base, fetchDocument } from "./page.js";

const PAGE = 100;
const AGAIN_MS = 1500; // after a fetch that failed
const NEAR = 1.5; // heights of the view above and below that are kept filled
const HIGHEST = 12_000_000; // pixels: browsers draw nothing far below that

const card = document.getElementById("list");
const picked = new Set();
let all = false; // the selection is everything that matches
let parts = [];
let rowHeight = 52;
let loading = false;

/** Take the list over, if the page has one. */
export function start() {
  if (!card) return;
  const body = card.querySelector("tbody");
  if (body) begin(body);
  document.getElementById("more")?.remove();
  keepList({ takeOver });
  addEventListener("scroll", () => requestAnimationFrame(look), { passive: true });
  addEventListener("resize", look);
  startColumns();
  startPicking();
  look();
}

function begin(body) {
  const count = body.rows.length;
  const { older, total, before } = card.dataset;
  const [first, last] = [idOf(body.rows[0]), older ? Number(older) : 0];
  rowHeight = body.getBoundingClientRect().height / count;
  parts = [{ body, before: before ? Number(before) : Infinity, last, count, isGap: false }];
  if (!older) return;
  // Where nobody counted, the rest is taken to be as dense as what is seen.
  const rest = total ? Number(total) - count : (last * count) / (first - last + 1);
  addAfter(parts[0], gapOf({ before: last, last: 0, count: rest }));
}

function idOf(row) {
  return Number(row.dataset.id);
}

function gapOf({ before, last, count }) {
  const body = document.createElement("tbody");
  const row = document.createElement("tr");
  row.className = "gap";
  row.setAttribute("aria-hidden", "true");
  const cell = document.createElement("td");
  row.append(cell); // one alone: to span more columns than are shown would make more, and room for them
  body.append(row);
  const gap = { body, before, last, count: Math.max(1, count), isGap: true };
  setHeight(gap);
  return gap;
}

function setHeight(gap) {
  // On the row: that is where a height holds for tables and for a phone's grid alike.
  gap.body.rows[0].style.height = `${Math.min(gap.count * rowHeight, HIGHEST)}px`;
}

function addAfter(part, next) {
  part.body.after(next.body);
  parts.splice(parts.indexOf(part) + 1, 0, next);
}

function takeOut(part) {
  part.body.remove();
  parts.splice(parts.indexOf(part), 1);
}

// --- what is in view ---

async function look() {
  const height = innerHeight;
  const isWithin = ({ body }, heights) => {
    const { top, bottom } = body.getBoundingClientRect();
    return bottom > -heights * height && top < (heights + 1) * height;
  };
  // Of the first part the page itself tells what it is now.
  for (const part of parts.slice(1)) if (!part.isGap && !isWithin(part, NEAR)) empty(part);
  if (loading) return;
  const next = parts.find((part) => (part.isGap ? isWithin(part, NEAR) : part.isStale && isWithin(part, 0)));
  if (!next) return;
  loading = true;
  try {
    await (next.isGap ? fill(next) : freshen(next));
  } catch {
    setTimeout(look, AGAIN_MS);
    return;
  } finally {
    loading = false;
  }
  look();
}

function empty(part) {
  const gap = gapOf(part);
  addAfter(part, gap);
  takeOut(part);
  join(gap);
}

// Gaps that lie side by side are one, unless it is being filled.
function join(gap) {
  const place = parts.indexOf(gap);
  for (const other of [parts[place + 1], parts[place - 1]]) {
    if (!other?.isGap || other.isBusy || gap.isBusy) continue;
    gap.before = Math.max(gap.before, other.before);
    gap.last = Math.min(gap.last, other.last);
    gap.count += other.count;
    takeOut(other);
    setHeight(gap);
  }
}

async function fill(gap) {
  gap.isBusy = true;
  try {
    const from = startIn(gap);
    put(gap, from, await rowsBefore(from));
  } finally {
    gap.isBusy = false;
  }
}

async function freshen(part) {
  renew(part, await rowsBefore(part.before));
}

/** Return under which id to begin, so that what comes is where the view is. */
function startIn({ body, before, last, count }) {
  const { top, height } = body.getBoundingClientRect();
  const above = Math.max(0, -innerHeight / 2 - top) / height;
  if (above * count < PAGE / 2) return before;
  const share = Math.max(0, Math.min(above, 1 - (PAGE * 0.9) / count));
  return Math.max(last + 1, Math.min(before, Math.round(before - share * (before - last))));
}

async function rowsBefore(before) {
  const asked = new URLSearchParams(location.search);
  asked.set("limit", String(PAGE));
  if (Number.isFinite(before)) asked.set("before", String(before));
  else asked.delete("before");
  const table = (await fetchDocument(`${base}/jobs/rows?${asked}`)).querySelector("table");
  return { rows: [...table.tBodies[0].rows], older: table.dataset.older };
}

/** Put the rows that are below *from* into *gap*; what is left of it above and below stays one. */
function put(gap, from, { rows, older }) {
  const mine = rows.filter((row) => idOf(row) >= gap.last);
  const last = Math.max(gap.last, older ? idOf(rows.at(-1)) : 0);
  const perId = gap.count / Math.max(1, gap.before - gap.last);
  const below = last > gap.last ? gapOf({ before: last, last: gap.last, count: (last - gap.last) * perId }) : null;
  const isUpper = from < gap.before;
  if (below) addAfter(gap, below);
  if (mine.length) {
    const body = document.createElement("tbody");
    body.append(...mine.map(adopt));
    addAfter(gap, { body, before: from, last, count: mine.length, isGap: false });
  }
  if (isUpper) {
    gap.count = Math.max(1, (gap.before - from) * perId);
    gap.last = from;
    setHeight(gap);
  } else takeOut(gap);
}

// --- what changed ---

async function takeOver(fresh) {
  const other = fresh.getElementById("list");
  const [body, freshBody] = [parts[0]?.body, other.querySelector("tbody")];
  if (!body || !freshBody) {
    if (body || freshBody) location.reload(); // the first job came, or the last one went
    return;
  }
  renew(parts[0], { rows: [...freshBody.rows], older: other.dataset.older });
  for (const part of parts.slice(1)) part.isStale = !part.isGap;
  await look();
}

/** Put the rows of *part* that were just fetched from its top in place of those it has. */
function renew(part, { rows, older }) {
  if (!parts.includes(part)) return; // it went out of view meanwhile
  part.isStale = false;
  const lowest = rows.length && older ? idOf(rows.at(-1)) : 0;
  if (lowest > part.last) split(part, lowest);
  replaceRows(part.body, rows.filter((row) => idOf(row) >= part.last));
  part.count = part.body.rows.length;
}

// More jobs than a fetch brings came into the interval: those below go to the next part, or are one.
function split(part, lowest) {
  const had = part.body.rows.length ? idOf(part.body.rows[0]) : 0;
  const rows = [...part.body.rows].filter((row) => idOf(row) < lowest);
  const after = parts[parts.indexOf(part) + 1];
  const isRoomy = after && !after.isGap && after.count + rows.length <= 2 * PAGE;
  if (!isRoomy) {
    const next = { body: document.createElement("tbody"), before: lowest, last: part.last, count: 0, isGap: false };
    addAfter(part, next);
  }
  const next = parts[parts.indexOf(part) + 1];
  next.body.prepend(...rows);
  next.count += rows.length;
  next.before = part.last = lowest;
  // Those between what was fetched and what was there are not known yet.
  if (had < lowest) next.isStale = true;
}

function replaceRows(body, fresh) {
  // Rows that say the same stay as they are, so that focus and what is marked survive.
  const focus = body.contains(document.activeElement) ? document.activeElement.id : null;
  const old = new Map([...body.rows].map((row) => [row.id, row]));
  const next = fresh.map((row) => {
    const before = old.get(row.id);
    if (before?.dataset.mark === row.dataset.mark) return before;
    const copy = adopt(row);
    if (old.size && !old.has("")) copy.classList.add(before ? "changed" : "new");
    return copy;
  });
  next.forEach((row, place) => {
    if (body.rows[place] !== row) body.insertBefore(row, body.rows[place] ?? null);
  });
  while (body.rows.length > next.length) body.rows[next.length].remove();
  if (focus && document.activeElement?.id !== focus) document.getElementById(focus)?.focus();
}

function adopt(row) {
  const copy = document.importNode(row, true);
  mark(copy);
  return copy;
}

// --- columns ---

function startColumns() {
  const boxes = [...document.querySelectorAll("#columns input")];
  const apply = () => {
    const hidden = boxes.filter((box) => !box.checked).map((box) => box.value);
    card.dataset.hide = hidden.join(" ");
    keep("queuectl-columns", hidden.join(" "));
  };
  const hidden = kept("queuectl-columns").split(" ");
  for (const box of boxes) {
    box.checked = !hidden.includes(box.value);
    box.addEventListener("change", apply);
  }
  apply();
}

/** Read what was kept in this browser; nothing where that is forbidden. */
export function kept(name) {
  try {
    return localStorage.getItem(name) ?? "";
  } catch {
    return "";
  }
}

/** Keep a choice in this browser. */
export function keep(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // It holds for this page then.
  }
}

// --- the selection ---

const bar = document.getElementById("picked");
let lastPicked = null;

function startPicking() {
  if (!bar) return;
  card.addEventListener("click", (event) => {
    if (event.target.name !== "pick") return;
    pick(event.target, event.shiftKey);
  });
  document.getElementById("pick-all")?.addEventListener("change", (event) => {
    all = false;
    picked.clear();
    if (event.target.checked) for (const row of shownRows()) picked.add(Number(row.dataset.id));
    tellPicked();
  });
  document.getElementById("picked-all").addEventListener("click", () => {
    all = true;
    tellPicked();
  });
  document.getElementById("picked-none").addEventListener("click", drop);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) drop();
  });
  bar.addEventListener("click", async (event) => {
    const verb = event.target.closest("button")?.dataset.bulk;
    if (verb && (await actOnMany(verb, choice()))) drop();
  });
}

function shownRows() {
  return [...card.querySelectorAll("tr[data-id]")];
}

function pick(box, isRange) {
  const rows = shownRows();
  const here = rows.indexOf(box.closest("tr"));
  const from = isRange && lastPicked !== null ? rows.findIndex((row) => row.dataset.id === lastPicked) : here;
  all = false;
  for (const row of rows.slice(Math.min(from, here), Math.max(from, here) + 1)) {
    if (box.checked) picked.add(Number(row.dataset.id));
    else picked.delete(Number(row.dataset.id));
  }
  lastPicked = box.value;
  tellPicked();
}

function drop() {
  all = false;
  picked.clear();
  tellPicked();
}

function tellPicked() {
  const one = document.getElementById("pick-all");
  const rows = shownRows();
  rows.forEach(mark);
  const count = rows.filter((row) => picked.has(Number(row.dataset.id))).length;
  if (one) {
    one.checked = all || (count > 0 && count === rows.length);
    one.indeterminate = !one.checked && count > 0;
  }
  bar.hidden = !all && !picked.size;
  document.getElementById("picked-count").textContent = all
    ? card.dataset.narrows === undefined ? "Every job there is" : "All jobs that match"
    : `${jobs(picked.size)} selected`;
  document.getElementById("picked-all").hidden = all;
}

function mark(row) {
  const isPicked = all || picked.has(Number(row.dataset.id));
  row.classList.toggle("picked-row", isPicked);
  const box = row.querySelector("input[name=pick]");
  if (box) box.checked = isPicked;
}

/** Say to the API who is meant: the ids, or what the address says. */
function choice() {
  if (!all) return { ids: [...picked].sort((a, b) => a - b) };
  const asked = new URLSearchParams(location.search);
  const filter = {};
  for (const name of ["state", "queue", "tag"]) {
    const values = asked.getAll(name).filter(Boolean);
    if (values.length) filter[name] = values;
  }
  for (const name of ["search", "task", "name", "group", "since", "fingerprint"]) {
    if (asked.get(name)?.trim()) filter[name] = asked.get(name).trim();
  }
  return Object.keys(filter).length ? { filter } : { all: true };
}
