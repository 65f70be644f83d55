// Drawers, and the forms in them that make or change something through the API.

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
    const form = event.target.closest(".job-form, .api-form");
    if (!form) return;
    event.preventDefault();
    submit(form);
  });
  document.addEventListener("change", (event) => {
    if (event.target.name === "kind") chooseKind(event.target.form, event.target.value);
  });
}

// One dialog serves many things: the button says which one, and what is so now.
function open(dialog, { dataset }) {
  const form = dialog.querySelector("form");
  if (dataset.title) dialog.querySelector("h2").textContent = dataset.title;
  if (dataset.words) dialog.querySelector("[data-words]").textContent = dataset.words;
  if (dataset.path) form.dataset.path = dataset.path;
  for (const [name, value] of Object.entries(JSON.parse(dataset.fill ?? "{}"))) {
    form.elements[name].value = form.elements[name].dataset.was = value;
  }
  dialog.querySelector(".answer").textContent = "";
  dialog.showModal();
}

async function submit(form) {
  const answer = form.querySelector(".answer");
  const button = form.querySelector(".primary");
  answer.textContent = "";
  button.disabled = true;
  try {
    const body = form.dataset.new === undefined ? changes(form) : newJob(form);
    const made = await send(form.dataset.method, form.dataset.path, body);
    form.closest("dialog")?.close();
    if (form.dataset.new !== undefined) {
      form.reset();
      chooseKind(form, "shell");
      const open = { words: "Open", act: () => location.assign(`${base}/jobs/${made.id}`) };
      tell(`Job ${made.id} is enqueued`, { action: open });
    } else tell(form.dataset.done ?? "Saved");
    refresh();
  } catch (error) {
    answer.textContent = error.message.slice(0, 1).toUpperCase() + error.message.slice(1);
  } finally {
    button.disabled = false;
  }
}

function chooseKind(form, kind) {
  for (const part of form.querySelectorAll("[data-kind]")) part.hidden = part.dataset.kind !== kind;
  form.elements.shell.required = kind === "shell";
  form.elements.task.required = kind === "task";
}

function newJob(form) {
  const asked = {};
  for (const name of ["queue", "priority", "name", "group", "delay", "timeout", "after"]) {
    const value = form.elements[name].value.trim();
    if (value) asked[name] = value;
  }
  if (form.elements.kind.value === "shell") asked.shell = form.elements.shell.value;
  else {
    asked.task = form.elements.task.value.trim();
    for (const name of ["args", "kwargs"]) {
      const text = form.elements[name].value.trim();
      if (text) asked[name] = json(text, name);
    }
  }
  if (form.elements.max_retries.value) asked.max_retries = Number(form.elements.max_retries.value);
  if (form.elements.hold.checked) asked.hold = true;
  const tags = form.elements.tags.value.trim().split(/\s+/).filter(Boolean);
  if (tags.length) asked.tags = Object.fromEntries(tags.map(pair));
  return asked;
}

function json(text, name) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`the ${name === "args" ? "arguments" : "named arguments"} are not JSON`);
  }
}

function pair(text) {
  const at = text.indexOf("=");
  if (at < 1) throw new Error(`a tag is written KEY=VALUE, not ${text}`);
  return [text.slice(0, at), text.slice(at + 1)];
}

// Only what was changed is sent; an emptied field that may be empty is null.
function changes(form) {
  const body = {};
  for (const field of form.elements) {
    if (!field.name) continue;
    if (field.type === "checkbox") {
      if (field.checked) body[field.name] = true;
      continue;
    }
    if (field.value === (field.dataset.was ?? "")) continue;
    body[field.name] = value(field);
  }
  if (!Object.keys(body).length) throw new Error("nothing was changed");
  return body;
}

function value(field) {
  if (field.value === "" && field.dataset.null !== undefined) return null;
  return field.type === "number" ? Number(field.value) : field.value;
}
