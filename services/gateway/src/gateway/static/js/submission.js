function newKey() {
  // randomUUID exists only in secure contexts; plain http on another host has none.
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Sends something until its outcome is known. While it is not (no answer, 503), sending the same body again uses
 * the same idempotency key and cannot have its effect twice; another body gets a key of its own.
 */
export class Submission {
  #request;
  #key = null;
  #body = null;

  /** `request(body, idempotencyKey)` sends once and throws a Problem unless it was taken. */
  constructor(request) {
    this.#request = request;
  }

  /** Send; resolves to the answer or throws a Problem. */
  async send(body) {
    const text = JSON.stringify(body);
    if (this.#body !== text) {
      this.#body = text;
      this.#key = newKey();
    }
    try {
      const answer = await this.#request(body, this.#key);
      this.#body = null;
      return answer;
    } catch (problem) {
      if (!problem.isUnconfirmed) this.#body = null;
      throw problem;
    }
  }
}
