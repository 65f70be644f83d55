// Calls of the API; an error carries the sentence that the server says.

import { base } from "./page.js";

/** Send *body* and return what comes back; null where that is nothing. */
export async function send(method, path, body = undefined) {
  const response = await fetch(`${base}/api/v1${path}`, {
    method,
    keepalive: true, // a deed that was under way goes on when the page is left
    headers: {
      Accept: "application/json",
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  }).catch(() => {
    throw new Error("the dashboard did not answer; is it still running?");
  });
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.detail ?? `${response.status} ${response.statusText}`);
  return answer;
}
