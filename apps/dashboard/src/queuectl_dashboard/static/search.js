// The search: words such as `state:dead` or `tag:team=video` are filters, and are completed.

import { send } from "./api.js";

const FILTERS = { state: "states", queue: "queues", task: "tasks", tag: "tags", name: null, group: null };
const SEVERAL = new Set(["state", "queue", "tag"]);
const SHOWN = 40;

const field = document.getElementById("search");
const list = document.getElementById("search-words");

let words = null;

/** Complete what is typed, if the page has a search. */
export function start() {
  if (!field) return;
  field.addEventListener("focus", load);
  field.addEventListener("input", offer);
  field.form.addEventListener("formdata", ({ formData }) => takeFilters(formData));
  if (document.activeElement === field) load();
}

async function load() {
  if (words) return;
  words = [];
  try {
    const known = await send("GET", "/words");
    const named = Object.entries(FILTERS).flatMap(([key, of]) => (of ? known[of].map((each) => `${key}:${each}`) : []));
    // The words of a search are parted by blanks.
    words = named.filter((word) => !/\s/.test(word));
    offer();
  } catch {
    words = null; // the next focus asks again
  }
}

// The browser completes the whole of a field: what stands before the last word is part of each offer.
function offer() {
  if (!words) return;
  const last = field.value.split(/\s/).at(-1);
  const before = field.value.slice(0, field.value.length - last.length);
  const wanted = last.toLowerCase();
  const fitting = words.filter((word) => word.toLowerCase().includes(wanted) && word !== last);
  list.replaceChildren(
    ...fitting.slice(0, SHOWN).map((word) => {
      const option = document.createElement("option");
      option.value = before + word;
      return option;
    }),
  );
}

function takeFilters(asked) {
  const rest = [];
  for (const word of (asked.get("search") ?? "").split(/\s+/).filter(Boolean)) {
    const [, key, value] = /^(\w+):(.+)$/.exec(word) ?? [];
    if (!Object.hasOwn(FILTERS, key ?? "") || (key === "tag" && !value.includes("="))) rest.push(word);
    else if (!SEVERAL.has(key)) asked.set(key, value);
    else if (!asked.getAll(key).includes(value)) asked.append(key, value);
  }
  if (rest.length) asked.set("search", rest.join(" "));
  else asked.delete("search");
}
