// The question that is being written, and those that were sent, as this browser remembers them.

import { load, store } from "./storage.js";

const session = () => sessionStorage;

/** Keep the unsent question, or the changed one of another run, so that a reload finds it in the field. */
export const keepDraft = (text, repeats) => store(session, `question${repeats ?? ""}`, text);
export const keptDraft = (repeats) => load(session, `question${repeats ?? ""}`);

/** Keep what a report was asked, for as long as its page cannot read it from the server. */
export const keepAsked = (workflowId, prompt) => store(session, `asked:${workflowId}`, prompt);
export const askedBy = (workflowId) => load(session, `asked:${workflowId}`);
