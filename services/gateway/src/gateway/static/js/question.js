// The question that is being written, and those that were sent, as this browser remembers them.

const DRAFT = "question";
const ASKED = "asked:";

function store(storage, key, value) {
  try {
    if (value) storage().setItem(key, value);
    else storage().removeItem(key);
  } catch {
    // Storage may be full or forbidden: nothing but comfort is lost.
  }
}

function load(storage, key) {
  try {
    return storage().getItem(key) ?? "";
  } catch {
    return "";
  }
}

const session = () => sessionStorage;

/** Keep the unsent question, so that a reload or "Ask again" finds it in the field. */
export const keepDraft = (text) => store(session, DRAFT, text);
export const keptDraft = () => load(session, DRAFT);

/** Keep what a report was asked, for as long as its page cannot read it from the server. */
export const keepAsked = (workflowId, prompt) => store(session, ASKED + workflowId, prompt);
export const askedBy = (workflowId) => load(session, ASKED + workflowId);
