// Verbs: what a button asks of the API is in its attributes; on many jobs, a rehearsal tells first.

import { send } from "./api.js";
import { refresh } from "./live.js";
import { soon, tell } from "./toast.js";

const confirm = document.getElementById("confirm");

const DONE = {
  retry: "retried",
  rerun: "enqueued again",
  cancel: "cancelled",
  hold: "held",
  release: "released",
  remove: "deleted",
  purge: "deleted",
};
const CONSEQUENCE = {
  retry: "They run again as soon as a worker is free, with a full new allowance of retries.",
  rerun: "They run once more.",
  cancel: "Those that wait never start; those that run are stopped with all their processes.",
  hold: "They do not start until somebody releases them.",
  release: "They may start.",
  remove: "They are gone for good, with their runs, events and output.",
  purge: "They are gone for good, with their runs, events and output.",
};
// A deed that no other verb takes back waits a moment before it is done.
const WAITS = new Set(["retry", "cancel", "rerun"]);

/** Follow the buttons that name a verb. */
export function start() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-verb]");
    if (button) press(button);
    const many = event.target.closest("button[data-many]");
    if (many) pressMany(many);
  });
}

function pressMany({ dataset, parentElement }) {
  const rate = dataset.many === "retry" && parentElement.querySelector("[data-rate]")?.value;
  actOnMany(dataset.many, JSON.parse(dataset.choice), { path: dataset.path, extra: rate ? { rate } : {} });
}

async function press(button) {
  const { verb, path, method, body, ask, undo, soon: words } = button.dataset;
  if (ask && !(await asked({ title: button.textContent.trim(), words: ask, yes: button.textContent.trim(), verb }))) return;
  const act = () => attempt(button, async () => {
    await send(method, path, body ? JSON.parse(body) : undefined);
    const action = undo && { words: "Undo", act: () => attempt(null, () => send("POST", undo)) };
    tell(button.dataset.done ?? "Done", { action });
  });
  if (words) soon(words, act);
  else act();
}

async function attempt(button, act) {
  if (button) button.disabled = true;
  try {
    await act();
  } catch (error) {
    tell(sentence(error.message), { bad: true });
  } finally {
    if (button) button.disabled = false;
  }
  refresh();
}

/** Do *verb* to the jobs of *choice*: rehearse it, say what would become of how many, do it. */
export async function actOnMany(verb, choice, { path = `/jobs/${verb}`, extra = {} } = {}) {
  try {
    const told = await send("POST", path, { ...choice, ...extra, dry_run: true });
    if (!told.done) {
      await asked({ title: `No job can be ${DONE[verb]}`, words: "", refusals: told.refusals });
      return false;
    }
    if (!(await asked(question(verb, told, extra.rate)))) return false;
    const deed = async () => {
      const done = await send("POST", path, { ...choice, ...extra });
      tell(summary(verb, done), { action: verb === "hold" ? release(done.ids) : null });
    };
    if (WAITS.has(verb)) soon(`${jobs(told.done)} will be ${DONE[verb]}`, () => attempt(null, deed));
    else await attempt(null, deed);
    return true;
  } catch (error) {
    tell(sentence(error.message), { bad: true });
    return false;
  }
}

function release(ids) {
  return { words: "Undo", act: () => attempt(null, () => send("POST", "/jobs/release", { ids })) };
}

function question(verb, told, rate) {
  const pace = rate ? ` No more than ${rate} of them start.` : "";
  const others = told.others ? ` ${jobs(told.others)} more will change as a consequence.` : "";
  const refused = told.refused ? ` ${jobs(told.refused)} will be left as they are:` : "";
  return {
    title: `${word(verb)} ${jobs(told.done)}?`,
    words: `${CONSEQUENCE[verb]}${pace}${others}${refused}`,
    yes: `${word(verb)} ${jobs(told.done)}`,
    refusals: told.refusals,
    verb,
  };
}

/** Ask in the dialog; without *yes* it only tells. */
export function asked({ title, words, yes = null, refusals = [], verb = "" }) {
  confirm.querySelector("h2").textContent = title;
  confirm.querySelector("p").textContent = words;
  const button = document.getElementById("confirm-yes");
  button.hidden = yes === null;
  button.textContent = yes ?? "";
  button.classList.toggle("danger", ["cancel", "remove", "purge", "stop", "stop-now", "take-back"].includes(verb));
  confirm.querySelector("button[value='']").textContent = yes === null ? "Close" : "Leave as it is";
  const list = document.getElementById("confirm-list");
  list.hidden = !refusals.length;
  list.replaceChildren(...refusals.slice(0, 50).map(({ error }) => item(sentence(error))));
  confirm.returnValue = "";
  confirm.showModal();
  return new Promise((resolve) => {
    confirm.addEventListener("close", () => resolve(confirm.returnValue === "yes"), { once: true });
  });
}

function item(text) {
  const made = document.createElement("li");
  made.textContent = text;
  return made;
}

function summary(verb, { done, refused }) {
  return `${jobs(done)} ${DONE[verb]}${refused ? `, ${refused} left as they are` : ""}`;
}

/** Write how many jobs. */
export function jobs(count) {
  return `${count.toLocaleString("en").replaceAll(",", "\u00a0")} job${count === 1 ? "" : "s"}`;
}

function word(verb) {
  const shown = { remove: "Delete", purge: "Delete" }[verb] ?? verb;
  return shown[0].toUpperCase() + shown.slice(1);
}

function sentence(text) {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
