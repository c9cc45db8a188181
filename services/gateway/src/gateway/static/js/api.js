// Everything that the pages ask of the gateway.

/** An answer that is not a success: RFC 9457 problem+json, or no answer at all (`status` 0). */
export class Problem extends Error {
  constructor({ status = 0, title = "", detail = "", errors = [], retryAfter = null }) {
    super(detail || title || "Something went wrong.");
    this.status = status;
    this.title = title;
    this.errors = errors;
    this.retryAfter = retryAfter;
  }

  /** True when the request may or may not have been taken: sending the same one again is right. */
  get isUnconfirmed() {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

async function problemOf(response) {
  const body = await response.json().catch(() => ({}));
  return new Problem({
    status: response.status,
    title: body.title ?? `The server answered ${response.status}.`,
    detail: body.detail,
    errors: Array.isArray(body.errors) ? body.errors : [],
    retryAfter: Number(response.headers.get("Retry-After")) || null,
  });
}

async function request(path, { json, headers = {}, ...options } = {}) {
  const init = { ...options, headers: { Accept: "application/json", ...headers } };
  if (json !== undefined) {
    init.body = JSON.stringify(json);
    init.headers["Content-Type"] = "application/json";
  }
  let response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem({ detail: "The server could not be reached." });
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

export async function requestJson(path, options) {
  const response = await request(path, options);
  return response.status === 204 ? null : response.json();
}

export const getText = async (path, options) => (await request(path, options)).text();

const workflow = (id) => `/api/workflows/${encodeURIComponent(id)}`;

export const partUrl = (id, part) => `${workflow(id)}/${part}`;

/** Ask for a report; the same key with the same body is the same report, however often it is sent. */
export const generateReport = (body, key) => postOnce("/api/workflows/generate-report", body, key);

/** Ask the same again, but for what the body says. */
export const runAgain = (id, body, key) => postOnce(`${workflow(id)}/run-again`, body, key);

export const getStatus = (id) => requestJson(`${workflow(id)}/status`);
export const getResult = (id) => requestJson(`${workflow(id)}/result`);
export const cancelReport = (id) => requestJson(`${workflow(id)}/cancel`, { method: "POST" });
export const pauseReport = (id) => requestJson(`${workflow(id)}/pause`, { method: "POST" });
export const resumeReport = (id) => requestJson(`${workflow(id)}/resume`, { method: "POST" });
export const listRevisions = async (id) => (await requestJson(`${workflow(id)}/revisions`)).items;
export const getDiff = (id, shown, against) => requestJson(`${workflow(id)}/revisions/${shown}/diff?against=${against}`);

/** Have the text set anew; true when the new PDF is there, false when it takes longer than a minute. */
export async function renderAgain(id) {
  const response = await request(`${workflow(id)}/render`, { method: "POST", headers: { Prefer: "wait=60" } });
  return response.status === 200;
}

export const postOnce = (path, json, key) => requestJson(path, { method: "POST", json, headers: { "Idempotency-Key": key } });

/** Say what becomes of the draft of one revision; a 409 means that it is no longer the current one. */
export const decide = (id, decision, key) => postOnce(`${workflow(id)}/decision`, decision, key);

/** Fetch the report's text, or that of an earlier draft, as an HTML fragment. */
export async function getHtml(id, revision = null) {
  const path = revision === null ? workflow(id) : `${workflow(id)}/revisions/${revision}`;
  return getText(`${path}/html`, { headers: { Accept: "text/html" } });
}

export const addWebhook = (body) => requestJson("/api/webhooks", { method: "POST", json: body });
export const deleteWebhook = (id) => requestJson(`/api/webhooks/${encodeURIComponent(id)}`, { method: "DELETE" });
export const replayDelivery = (id) =>
  requestJson(`/api/webhooks/deliveries/${encodeURIComponent(id)}/replay`, { method: "POST" });
