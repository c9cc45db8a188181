// Keeps the newest words in view, until the reader scrolls somewhere else.

const MARGIN = 120;

/** Follows the growing end of `element`; `button` brings a reader who left back to it. */
export class AutoScroll {
  #element;
  #button;
  #active = false;
  #following = true;

  constructor(element, button) {
    this.#element = element;
    this.#button = button;
    for (const type of ["wheel", "touchmove"]) {
      addEventListener(type, () => this.#readerMoved(), { passive: true });
    }
    addEventListener("keydown", (event) => {
      const scrolls = ["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End", " "].includes(event.key);
      if (scrolls && !event.target.closest("input, textarea, select, button")) this.#readerMoved();
    });
    // Dragging the scroll bar sends no other event than this.
    addEventListener("scroll", () => this.#follow(this.#following && this.#endIsNear()), { passive: true });
    button.addEventListener("click", () => {
      this.#follow(true);
      this.update();
    });
  }

  /** True while the reader has left the scrolling to the page. */
  get isFollowing() {
    return this.#following;
  }

  start() {
    this.#active = true;
  }

  stop() {
    this.#active = false;
    this.#button.hidden = true;
  }

  /** Scroll on, if the text has grown below the window and the reader is not elsewhere. */
  update() {
    if (!this.#active || !this.#following) return;
    const below = this.#element.getBoundingClientRect().bottom + MARGIN - innerHeight;
    if (below > 0) scrollBy({ top: below, behavior: "instant" });
  }

  #endIsNear() {
    return this.#element.getBoundingClientRect().bottom < innerHeight + MARGIN * 2;
  }

  #readerMoved() {
    // After the scrolling that this event brings about.
    requestAnimationFrame(() => this.#follow(this.#endIsNear()));
  }

  #follow(following) {
    this.#following = following;
    this.#button.hidden = !this.#active || following;
  }
}
