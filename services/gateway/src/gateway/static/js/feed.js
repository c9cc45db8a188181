// What the server pushes to a page, for as long as somebody looks at it.

/**
 * Listen to the events `name` (or names) of a stream while the page is visible, or `always`.
 *
 * After an answer that is not a stream a browser gives up for good: then a new one is opened, spread out so that the
 * readers of a restarted gateway do not all return at once. `onOpen()` after each (re)connection, `onLost()`.
 * Gives what stops listening.
 */
export function listen(path, name, onData, { onOpen, onLost, always = false } = {}) {
  let source = null;
  let timer = null;

  function open() {
    close();
    source = new EventSource(path);
    for (const each of [name].flat()) source.addEventListener(each, (event) => onData(JSON.parse(event.data), each));
    source.addEventListener("open", () => onOpen?.());
    source.addEventListener("error", ({ target }) => {
      onLost?.();
      if (target.readyState === EventSource.CLOSED) timer = setTimeout(open, 1000 + 2000 * Math.random());
    });
  }

  function close() {
    clearTimeout(timer);
    source?.close();
  }

  const turn = () => (document.hidden && !always ? close() : open());
  if (!always) document.addEventListener("visibilitychange", turn);
  turn();
  return () => {
    document.removeEventListener("visibilitychange", turn);
    close();
  };
}
