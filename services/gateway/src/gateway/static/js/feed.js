// What the server pushes to a page, for as long as somebody looks at it.

const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 20_000;

/**
 * Listen to the events `name` (or names) of a stream while the page is visible, or `always`.
 *
 * The browser reconnects by itself, and says which event it saw last, as long as it only loses the connection. After
 * an answer that is not a stream it gives up for good: then a new one is opened, ever more slowly. `onOpen()` after each
 * (re)connection, `onLost(isOver)` when it is gone; `isOver`: for good. Gives what stops listening.
 */
export function listen(path, name, onData, { onOpen, onLost, always = false } = {}) {
  let source = null;
  let timer = null;
  let wait = FIRST_WAIT;

  function open() {
    close();
    const mine = new EventSource(path);
    source = mine;
    for (const each of [name].flat()) mine.addEventListener(each, (event) => onData(JSON.parse(event.data), each));
    mine.addEventListener("open", () => {
      wait = FIRST_WAIT;
      onOpen?.();
    });
    mine.addEventListener("error", async () => {
      const isOver = mine.readyState === EventSource.CLOSED;
      await onLost?.(isOver);
      if (!isOver || source !== mine) return;
      // Spread out, so that the readers of a restarted gateway do not all return at once.
      timer = setTimeout(open, wait * (0.75 + Math.random() / 2));
      wait = Math.min(wait * 2, LONGEST_WAIT);
    });
  }

  function close() {
    clearTimeout(timer);
    source?.close();
    source = null;
  }

  const turn = () => (document.hidden && !always ? close() : open());
  if (!always) document.addEventListener("visibilitychange", turn);
  turn();
  return () => {
    document.removeEventListener("visibilitychange", turn);
    close();
  };
}
