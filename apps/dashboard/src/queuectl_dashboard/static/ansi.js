// What a terminal would obey, read as text: colours become classes, the rest is dropped or shown.

// ECMA-48 control sequences, and the strings that OSC, DCS, SOS, PM and APC open.
const SEQUENCE = /\x1b\[([0-?]*)[ -/]*([@-~])|\x1b[\]PX^_][^]*?(?:\x07|\x1b\\|$)|\x1b[ -/]*[0-~]/g;
// Bidirectional marks reorder what a reader sees; the server shows them in the same way.
const HIDDEN = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

const NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
const PLAIN = { ink: "", paper: "", bold: false, dim: false, italic: false, under: false };

/** Return a line as spans, and the style that it ends in. */
export function spans(line, style = PLAIN) {
  const made = [];
  let now = style;
  let at = 0;
  const put = (text) => text && made.push(span(text, now));
  for (const found of line.matchAll(SEQUENCE)) {
    put(line.slice(at, found.index));
    if (found[2] === "m") now = styled(now, found[1]);
    at = found.index + found[0].length;
  }
  put(line.slice(at));
  return [made, now];
}

/** Leave of a line what a terminal would show at its end: a progress bar goes back to its start. */
export function asLeft(line) {
  const text = line.replace(/\r+$/, "");
  const back = text.lastIndexOf("\r");
  // The colours of what was written over hold on.
  return back < 0 ? text : (text.slice(0, back).match(/\x1b\[[0-?]*m/g) ?? []).join("") + text.slice(back + 1);
}

function span(text, { ink, paper, bold, dim, italic, under }) {
  const made = document.createElement("span");
  const marks = { bold, dim, italic, under };
  const classes = Object.keys(marks).filter((name) => marks[name]);
  if (ink) classes.push(`ink-${ink}`);
  if (paper) classes.push(`paper-${paper}`);
  if (classes.length) made.className = classes.join(" ");
  made.textContent = text.replace(HIDDEN, shown);
  return made;
}

function shown(character) {
  const point = character.codePointAt(0);
  return point < 0x100 ? `\\x${hex(point, 2)}` : `\\u${hex(point, 4)}`;
}

function hex(point, width) {
  return point.toString(16).padStart(width, "0");
}

function styled(style, parameters) {
  const codes = parameters.split(/[;:]/).map((text) => Number(text || 0));
  let next = { ...style };
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at];
    if (code === 38 || code === 48) {
      const [name, used] = extended(codes, at + 1);
      next[code === 38 ? "ink" : "paper"] = name;
      at += used;
    } else next = simple(next, code);
  }
  return next;
}

function simple(style, code) {
  if (code === 0) return PLAIN;
  if (code === 1) return { ...style, bold: true };
  if (code === 2) return { ...style, dim: true };
  if (code === 3) return { ...style, italic: true };
  if (code === 4) return { ...style, under: true };
  if (code === 22) return { ...style, bold: false, dim: false };
  if (code === 23) return { ...style, italic: false };
  if (code === 24) return { ...style, under: false };
  if (code >= 30 && code <= 37) return { ...style, ink: NAMES[code - 30] };
  if (code === 39) return { ...style, ink: "" };
  if (code >= 40 && code <= 47) return { ...style, paper: NAMES[code - 40] };
  if (code === 49) return { ...style, paper: "" };
  if (code >= 90 && code <= 97) return { ...style, ink: NAMES[code - 90] };
  if (code >= 100 && code <= 107) return { ...style, paper: NAMES[code - 100] };
  return style;
}

// 256 colours and true colours become the nearest of the eight, which have contrast in both themes.
function extended(codes, at) {
  if (codes[at] === 2) return [nearest(codes.slice(at + 1, at + 4)), 4];
  const n = codes[at + 1] ?? 0;
  if (n < 16) return [NAMES[n % 8], 2];
  if (n >= 232) return [n < 244 ? "black" : "white", 2];
  const cube = n - 16;
  return [nearest([Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((level) => level * 51)), 2];
}

function nearest([red = 0, green = 0, blue = 0]) {
  const top = Math.max(red, green, blue, 1);
  const bits = [red, green, blue].map((level) => (level > 0.6 * top ? 1 : 0));
  return top < 60 ? "black" : NAMES[bits[0] + 2 * bits[1] + 4 * bits[2]];
}
