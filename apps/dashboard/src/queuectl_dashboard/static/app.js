// Brings a page to life; everything that it shows came from the server as HTML.

import * as act from "./act.js";
import * as clock from "./clock.js";
import * as forms from "./forms.js";
import * as keys from "./keys.js";
import * as list from "./list.js";
import * as live from "./live.js";
import * as log from "./log.js";
import { base } from "./page.js";
import * as search from "./search.js";

const THEMES = ["system", "light", "dark"];

function startTheme() {
  const root = document.documentElement;
  const word = document.getElementById("theme-word");
  word.textContent = root.dataset.theme ?? "system";
  document.getElementById("theme").addEventListener("click", () => {
    const next = THEMES[(THEMES.indexOf(word.textContent) + 1) % THEMES.length];
    word.textContent = next;
    if (next === "system") delete root.dataset.theme;
    else root.dataset.theme = next;
    list.keep("queuectl-theme", next);
  });
}

function startForms() {
  for (const form of document.querySelectorAll("form.filters")) {
    form.addEventListener("change", (event) => {
      if (event.target.matches("select")) form.requestSubmit();
    });
    // Empty fields would only make the address longer.
    form.addEventListener("formdata", (event) => {
      for (const [name, value] of [...event.formData]) if (!value) event.formData.delete(name);
    });
  }
}

function logOut() {
  fetch(`${base}/logout`, { method: "POST" }).finally(() => location.assign(`${base}/`));
}

if (location.hash.startsWith("#token=") || location.hash.startsWith("#code=")) {
  history.replaceState(null, "", location.pathname + location.search);
}
if (location.hash === "#search") document.getElementById("search")?.focus();
document.getElementById("logout").addEventListener("click", logOut);
// On a phone the links lie in a row that scrolls: bring the chosen one into view.
for (const here of document.querySelectorAll(":is(.nav, .rail) [aria-current]")) {
  here.scrollIntoView({ block: "nearest", inline: "nearest" });
}
startTheme();
startForms();
search.start();
list.start();
act.start();
forms.start();
log.start();
keys.start();
clock.start();
live.start();
