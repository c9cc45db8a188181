// What the server pushes to a page, for as long as somebody looks at it.

/**
 * Listen to the events `name` of a stream while the page is visible, or `always`.
 *
 * After an answer that is not a stream a browser gives up for good: then a new one is opened, spread out so that the
 * readers of a restarted gateway do not all return at once. `onOpen()` after each (re)connection, `onLost()`.
 */
export function listen(path, name, onData, { onOpen, onLost, always = false } = {}) {
  let source = null;
  let timer = null;

  function open() {
    close();
    source = new EventSource(path);
    source.addEventListener(name, (event) => onData(JSON.parse(event.data)));
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
}
