// Says to screen readers what the eye sees, no more often than can be listened to.

const SHORTEST_GAP = 4_000;

/** Speaks through a polite live region; of several messages within the gap only the last is spoken. */
export class Announcer {
  #place;
  #last = 0;
  #timer = null;

  constructor(place) {
    this.#place = place;
  }

  say(message) {
    clearTimeout(this.#timer);
    const wait = this.#last + SHORTEST_GAP - Date.now();
    this.#timer = setTimeout(() => {
      this.#last = Date.now();
      this.#place.textContent = message;
    }, Math.max(0, wait));
  }
}
