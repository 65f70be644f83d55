// Before the first paint: the theme that was chosen here, if any. Not a module, since those wait.
try {
  const chosen = localStorage.getItem("queuectl-theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // Storage may be forbidden; the system's choice holds then.
}
