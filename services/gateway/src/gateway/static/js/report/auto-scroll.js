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
    addEventListener("scroll", () => this.#follow(this.#below() < MARGIN * 2), { passive: true });
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
    const below = this.#below() + MARGIN;
    if (this.#active && this.#following && below > 0) scrollBy({ top: below, behavior: "instant" });
  }

  #below() {
    return this.#element.getBoundingClientRect().bottom - innerHeight;
  }

  #follow(following) {
    this.#following = following;
    this.#button.hidden = !this.#active || following;
  }
}
