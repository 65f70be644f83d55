// Short notices at the bottom, and deeds that can still be undone until their bar has run out.

const place = document.getElementById("toasts");
const STAY_MS = 4500;
const UNDO_MS = 5000;

const pending = new Set();

/** Tell something for a moment. */
export function tell(words, { bad = false, action = null } = {}) {
  const toast = made(words, bad);
  const gone = setTimeout(() => toast.remove(), bad ? 2 * STAY_MS : STAY_MS);
  if (action) {
    toast.append(
      button(action.words, () => {
        clearTimeout(gone);
        toast.remove();
        action.act();
      }),
    );
  }
}

/** Do *act* in five seconds, unless somebody takes it back; leaving the page does it at once. */
export function soon(words, act) {
  const toast = made(words, false);
  const deed = { run: () => end(true) };
  const end = (isDone) => {
    clearTimeout(timer);
    pending.delete(deed);
    toast.remove();
    if (isDone) act();
  };
  const timer = setTimeout(() => end(true), UNDO_MS);
  pending.add(deed);
  const deadline = document.createElement("span");
  deadline.className = "deadline";
  deadline.setAttribute("aria-hidden", "true");
  toast.append(button("Undo", () => end(false)), button("Now", () => end(true)), deadline);
}

function made(words, bad) {
  const toast = document.createElement("div");
  toast.className = bad ? "toast bad" : "toast";
  const text = document.createElement("span");
  text.textContent = words;
  toast.append(text);
  place.append(toast);
  return toast;
}

function button(words, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}

addEventListener("pagehide", () => {
  for (const deed of [...pending]) deed.run();
});
