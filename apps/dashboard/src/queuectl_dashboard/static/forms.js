// Drawers, and the forms in them that make or change something through the API. What a field means
// there is in its attributes: its name is a path in the body, `data-as` how its text is read.

import { send } from "./api.js";
import { refresh } from "./live.js";
import { base } from "./page.js";
import { tell } from "./toast.js";

/** Follow what opens and closes drawers, and what they send. */
export function start() {
  document.addEventListener("click", (event) => {
    const opens = event.target.closest("[data-opens]")?.dataset.opens;
    if (opens) open(document.getElementById(opens), event.target.closest("[data-opens]"));
    if (event.target.closest("[data-closes]")) event.target.closest("dialog").close();
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest(".api-form");
    if (!form) return;
    event.preventDefault();
    submit(form);
  });
  document.addEventListener("change", (event) => {
    if (event.target.type === "radio" && event.target.closest(".api-form")) showParts(event.target.form);
  });
  document.querySelectorAll(".api-form").forEach(showParts);
  startOnce();
}

// One dialog serves many things: the button says which one, and what is so now.
function open(dialog, { dataset }) {
  const form = dialog.querySelector("form");
  if (dataset.title) dialog.querySelector("h2").textContent = dataset.title;
  if (dataset.words) dialog.querySelector("[data-words]").textContent = dataset.words;
  if (dataset.path) form.dataset.path = dataset.path;
  for (const [name, value] of Object.entries(JSON.parse(dataset.fill ?? "{}"))) {
    const field = form.elements[name];
    field.value = value;
    if (field instanceof HTMLElement) field.dataset.was = value; // of radios there are several
  }
  dialog.querySelector(".answer").textContent = "";
  showParts(form);
  dialog.showModal();
  // Not the radios above it, of which the first would be chosen by no one: what is typed next is a text.
  form.querySelector("textarea:enabled, input:enabled:not([type=radio])")?.focus();
}

// Radios choose among parts of a form: `data-if` names the radio and the value that show a part. What
// is not shown is not sent, nor asked for.
function showParts(form) {
  for (const part of form.querySelectorAll("[data-if]")) {
    const [name, value] = part.dataset.if.split("=");
    part.hidden = form.elements[name].value !== value;
    for (const field of part.querySelectorAll("input, select, textarea")) field.disabled = part.hidden;
  }
}

async function submit(form) {
  const answer = form.querySelector(".answer");
  const button = form.querySelector(".primary");
  answer.textContent = "";
  button.disabled = true;
  try {
    const made = await send(form.dataset.method, form.dataset.path, body(form));
    form.closest("dialog")?.close();
    tellOf(form, made ?? {});
    refresh();
  } catch (error) {
    answer.textContent = error.message.slice(0, 1).toUpperCase() + error.message.slice(1);
  } finally {
    button.disabled = false;
  }
}

function tellOf(form, made) {
  const { done = "Saved", goes, secret } = form.dataset;
  if (form.dataset.new !== undefined) {
    form.reset();
    showParts(form);
  }
  const fill = (text, write) => text.replace(/\{(\w+)\}/g, (_, name) => write(made[name]));
  const action = goes && {
    words: "Open",
    act: () => location.assign(base + fill(goes, encodeURIComponent)),
  };
  tell(fill(done, String), { action });
  if (secret && made[secret]) showOnce(form.dataset.secretTitle, made[secret]);
}

// --- what a form says ---

// Only what differs from what was is sent; an emptied field that may be empty is null.
function body(form) {
  const asked = {};
  for (const field of form.elements) {
    if (!field.name || field.disabled || field.type === "radio") continue;
    if (field.type === "checkbox") {
      if (field.checked) put(asked, field, field.dataset.as === "one of" ? [...(asked[field.name] ?? []), field.value] : true);
    } else if (field.value !== (field.dataset.was ?? "")) put(asked, field, value(field));
  }
  if (!Object.keys(asked).length) throw new Error("nothing was changed");
  return asked;
}

function put(asked, { name }, value) {
  const path = name.split(".");
  let place = asked;
  for (const step of path.slice(0, -1)) place = place[step] ??= {};
  place[path.at(-1)] = value;
}

function value(field) {
  const text = field.value;
  if (text === "" && field.dataset.null !== undefined) return null;
  if (field.type === "number") {
    if (!text) throw new Error(`“${label(field)}” needs a number`);
    return Number(text);
  }
  switch (field.dataset.as) {
    case "json":
      return json(text, field);
    case "words":
      return words(text);
    case "pairs":
      return Object.fromEntries(words(text).map(pair));
    default:
      return field.tagName === "TEXTAREA" ? text : text.trim();
  }
}

function words(text) {
  return text.split(/[\s,]+/).filter(Boolean);
}

function json(text, field) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`what stands in “${label(field)}” is no JSON`);
  }
}

function label(field) {
  return field.labels[0].firstChild.textContent.trim();
}

function pair(text) {
  const at = text.indexOf("=");
  if (at < 1) throw new Error(`a tag is written KEY=VALUE, not ${text}`);
  return [text.slice(0, at), text.slice(at + 1)];
}

// --- a secret that is shown once ---

const once = document.getElementById("once");

function showOnce(title, secret) {
  once.querySelector("h2").textContent = title;
  document.getElementById("once-text").textContent = secret;
  once.showModal();
}

function startOnce() {
  if (!once) return;
  const text = document.getElementById("once-text");
  const copy = document.getElementById("once-copy");
  once.addEventListener("close", () => {
    text.textContent = copy.nextElementSibling.textContent = "";
  });
  copy.addEventListener("click", async () => {
    getSelection().selectAllChildren(text);
    // The clipboard is there over TLS and on this computer; else what is marked is copied by hand.
    const isCopied = await navigator.clipboard?.writeText(text.textContent).then(() => true, () => false);
    copy.nextElementSibling.textContent = isCopied ? "Copied" : "Marked: copy it with Ctrl-C";
  });
}
