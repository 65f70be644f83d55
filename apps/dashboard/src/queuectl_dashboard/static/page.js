// Fetches pages and takes over what differs. No markup is ever built from text: the browser parses
// what the server rendered, and idiomorph moves nodes.

/* global Idiomorph */

export const base = document.body.dataset.base;

const TIMEOUT_MS = 10000;

/** Fetch a page of this dashboard as a document that runs nothing. */
export function fetchDocument(address) {
  return new Promise((resolve, reject) => {
    // XMLHttpRequest parses into an inert document; parsing text ourselves would need a policy.
    const request = new XMLHttpRequest();
    request.open("GET", address);
    request.responseType = "document";
    request.timeout = TIMEOUT_MS;
    request.setRequestHeader("Accept", "text/html");
    request.onloadend = () => {
      if (request.status === 401) location.reload();
      else if (request.status === 200 && request.response) resolve(request.response);
      else reject(new Error(`${request.status}`));
    };
    request.send();
  });
}

/** Make the live parts of this page what they are in *fresh*; focus and open menus stay. */
export function takeOver(fresh, { skip }) {
  for (const part of document.querySelectorAll("[data-live]")) {
    const other = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
    if (other && part.dataset.live !== skip && !part.isEqualNode(other)) morph(part, other);
  }
  document.title = fresh.title;
}

function morph(part, fresh) {
  Idiomorph.morph(part, document.importNode(fresh, true), {
    morphStyle: "outerHTML",
    ignoreActiveValue: true,
    callbacks: {
      beforeNodeMorphed: (old, next) => !isKept(old) && !isSame(old, next),
      beforeAttributeUpdated: (name, node) => !(name === "open" && node.tagName === "DETAILS"),
    },
  });
}

// What a module of ours fills by itself says so.
function isKept(node) {
  return node.nodeType === Node.ELEMENT_NODE && node.hasAttribute("data-kept");
}

// A row that says the same keeps even the ages that the clock wrote into it.
function isSame(old, next) {
  return old.nodeType === Node.ELEMENT_NODE && old.dataset?.mark && old.dataset.mark === next.dataset?.mark;
}
