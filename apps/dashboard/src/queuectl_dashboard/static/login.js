// Exchanges the secret of the link's fragment, or a pasted token, for a session cookie.

const base = document.body.dataset.base;
const answer = document.getElementById("answer");

async function exchange(secret) {
  const response = await fetch(`${base}/login`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(secret),
  });
  if (response.ok) {
    location.replace(here());
    return;
  }
  const problem = await response.json().catch(() => ({}));
  answer.textContent = problem.detail ?? "The dashboard did not answer; is it still running?";
}

function here() {
  return location.pathname + location.search;
}

function fromFragment() {
  const fragment = new URLSearchParams(location.hash.slice(1));
  for (const name of ["token", "code"]) {
    if (fragment.get(name)) return { [name]: fragment.get(name) };
  }
  return null;
}

async function retryAsOurselves() {
  // A link on another site brings no strict cookie along; asked from here, the browser sends it.
  const response = await fetch(here(), { headers: { Accept: "application/json" } });
  if (response.ok) location.replace(here());
}

function useFragment() {
  const secret = fromFragment();
  // The secret must not stay in the address bar, where it is copied and kept as history.
  history.replaceState(null, "", here());
  if (secret) exchange(secret);
  return secret !== null;
}

document.getElementById("login").addEventListener("submit", (event) => {
  event.preventDefault();
  exchange({ token: document.getElementById("token").value });
});
addEventListener("hashchange", useFragment);
if (!useFragment()) retryAsOurselves();
