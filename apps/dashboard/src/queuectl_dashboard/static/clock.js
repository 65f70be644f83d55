// Ages and running times go on between two looks at the store; the exact time is in each title.

/** Begin to count. */
export function start() {
  setInterval(tick, 1000);
}

function tick() {
  if (document.hidden) return;
  const now = Date.now();
  for (const time of document.querySelectorAll("time[data-ago]")) {
    put(time, ago(now - Date.parse(time.dateTime)));
  }
  for (const time of document.querySelectorAll("time[data-span]")) {
    put(time, wholeSpan(now - Date.parse(time.dateTime)));
  }
}

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function ago(passed) {
  if (Math.abs(passed) < 1000) return "now";
  return passed > 0 ? `${coarse(passed)} ago` : `in ${coarse(-passed)}`;
}

function coarse(ms) {
  const seconds = Math.floor(ms / 1000);
  for (const [length, name] of [[86400, "d"], [3600, "h"], [60, "min"]]) {
    if (seconds >= length) return `${Math.floor(seconds / length)} ${name}`;
  }
  return `${seconds} s`;
}

function wholeSpan(ms) {
  const seconds = Math.floor(Math.max(ms, 0) / 1000);
  const units = [[86400, "d", 3600, "h"], [3600, "h", 60, "min"], [60, "min", 1, "s"]];
  for (const [length, name, below, small] of units) {
    if (seconds < length) continue;
    const rest = Math.floor((seconds % length) / below);
    return `${Math.floor(seconds / length)} ${name}${rest ? ` ${rest} ${small}` : ""}`;
  }
  return `${seconds} s`;
}
