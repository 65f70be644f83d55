// The list of jobs, however long: blocks of rows by cursor. Blocks far from the view give their rows
// away and keep their height; they are fetched again when they come near. Newest first, so that a
// block is all jobs with ids from `last` up to, not including, `before`.

import { actOnMany, jobs } from "./act.js";
import { keepList } from "./live.js";
import { base, fetchDocument } from "./page.js";

const PAGE = 100;
const AGAIN_MS = 1500; // after a fetch that failed
const NEAR = 1.5; // heights of the view above and below that are kept filled

const card = document.getElementById("list");
const picked = new Set();
let all = false; // the selection is everything that matches
let blocks = [];
let ended = false;
let loading = false;

/** Take the list over, if the page has one. */
export function start() {
  if (!card) return;
  const body = card.querySelector("tbody");
  if (body) blocks = [blockOf(body, card.dataset.before || null, card.dataset.older)];
  ended = !card.dataset.older;
  document.getElementById("more")?.remove();
  keepList({ takeOver });
  addEventListener("scroll", () => requestAnimationFrame(look), { passive: true });
  addEventListener("resize", look);
  startColumns();
  startPicking();
  look();
}

function blockOf(body, before, older) {
  const rows = body.rows;
  const last = older ? Number(rows[rows.length - 1].dataset.id) : 0;
  return { body, before, last, count: rows.length, full: true };
}

// --- what is in view ---

async function look() {
  const height = innerHeight;
  for (const block of blocks) {
    const { top, bottom } = block.body.getBoundingClientRect();
    const isNear = bottom > -NEAR * height && top < (NEAR + 1) * height;
    if (!isNear && block.full && block !== blocks[0]) empty(block);
    if (isNear && !block.full) fill(block);
  }
  if (!loading && !ended && card.getBoundingClientRect().bottom < (NEAR + 1) * height) await load();
}

function empty(block) {
  const gap = document.createElement("tr");
  gap.className = "gap";
  gap.setAttribute("aria-hidden", "true");
  const cell = document.createElement("td");
  cell.colSpan = 10;
  gap.append(cell);
  // On the row: that is where a height holds for tables and for a phone's grid alike.
  gap.style.height = `${block.body.getBoundingClientRect().height}px`;
  block.body.replaceChildren(gap);
  block.full = false;
}

async function load() {
  loading = true;
  try {
    const { rows, older } = await rowsBefore(blocks.at(-1)?.last || null);
    const body = document.createElement("tbody");
    body.append(...rows.map(adopt));
    if (rows.length) {
      blocks.at(-1).body.after(body);
      blocks.push(blockOf(body, String(blocks.at(-1).last), older));
    }
    ended = !older;
  } catch {
    setTimeout(look, AGAIN_MS);
    return;
  } finally {
    loading = false;
  }
  look();
}

async function fill(block) {
  block.full = true;
  try {
    const { rows, older } = await rowsBefore(block.before);
    put(block, rows, older);
  } catch {
    block.full = false;
    setTimeout(look, AGAIN_MS);
  }
}

async function rowsBefore(before) {
  const asked = new URLSearchParams(location.search);
  asked.set("limit", String(PAGE));
  if (before) asked.set("before", before);
  const table = (await fetchDocument(`${base}/jobs/rows?${asked}`)).querySelector("table");
  return { rows: [...table.tBodies[0].rows], older: table.dataset.older };
}

/** Put the rows of *block* that were just fetched from its top in place of those it has. */
function put(block, rows, older) {
  const lowest = rows.length && older ? Number(rows.at(-1).dataset.id) : 0;
  if (lowest > block.last) split(block, lowest);
  replaceRows(block.body, rows.filter((row) => Number(row.dataset.id) >= block.last));
  block.count = block.body.rows.length;
}

// More jobs than a fetch brings came into the interval: those below become a block of their own.
function split(block, lowest) {
  const body = document.createElement("tbody");
  body.append(...[...block.body.rows].filter((row) => Number(row.dataset.id) < lowest));
  block.body.after(body);
  const below = { body, before: String(lowest), last: block.last, count: body.rows.length, full: false };
  blocks.splice(blocks.indexOf(block) + 1, 0, below);
  block.last = lowest;
}

// --- what changed ---

async function takeOver(fresh) {
  const other = fresh.getElementById("list");
  const [body, freshBody] = [blocks[0]?.body, other.querySelector("tbody")];
  if (!body || !freshBody) {
    if (body || freshBody) location.reload(); // the first job came, or the last one went
    return;
  }
  put(blocks[0], [...freshBody.rows], other.dataset.older);
  const height = innerHeight;
  const seen = blocks.slice(1).filter(({ body: each, full }) => {
    const { top, bottom } = each.getBoundingClientRect();
    return full && bottom > 0 && top < height;
  });
  await Promise.all(seen.map(fill));
  look();
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
