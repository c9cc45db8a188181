// What this browser keeps. Storage may be full or forbidden: nothing but comfort is lost then.

/** Keep a text under a key, nothing when it is empty; `storage` is `() => localStorage` or `() => sessionStorage`. */
export function store(storage, key, value) {
  try {
    if (value) storage().setItem(key, value);
    else storage().removeItem(key);
  } catch {
    // See above.
  }
}

/** Give what is kept under a key, or an empty text. */
export function load(storage, key) {
  try {
    return storage().getItem(key) ?? "";
  } catch {
    return "";
  }
}
