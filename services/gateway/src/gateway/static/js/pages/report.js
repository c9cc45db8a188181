import { getHtml, getResult, getStatus } from "../api.js";
import { byId, failure, fill, h, notice } from "../dom.js";
import { clock, count, duration } from "../format.js";
import { askedBy } from "../question.js";
import { showAgain, startAgain } from "../report/again.js";
import { Announcer } from "../report/announcer.js";
import { AutoScroll } from "../report/auto-scroll.js";
import { showControls, startControls } from "../report/controls.js";
import { showDocument } from "../report/document.js";
import { Drafts } from "../report/drafts.js";
import { showCancellation, showFailure, showMissing } from "../report/endings.js";
import { showFacts } from "../report/facts.js";
import { nameOf, showConnection, showHead } from "../report/head.js";
import { LiveText } from "../report/live-text.js";
import { ReviewPanel } from "../report/review.js";
import { hasEnded, initialState, reduce, stepOf, timesOf } from "../report/state.js";
import { showSteps, stepName, tickSteps } from "../report/steps.js";
import { follow } from "../report/stream.js";
import { showWait } from "../report/waiting.js";
import "../shell.js";

const WORDS_BETWEEN_ANNOUNCEMENTS = 100;

const workflowId = decodeURIComponent(location.pathname.split("/").filter(Boolean)[1] ?? "");
const text = byId("text");
const live = new LiveText(text);
const scroll = new AutoScroll(text, byId("follow"));
const announcer = new Announcer(byId("announcer"));
const drafts = new Drafts(workflowId, text);
const review = new ReviewPanel(workflowId, { onDecided, onStale });

let state = { ...initialState, prompt: askedBy(workflowId) };
// Of which revision the sheet shows the text as the server rendered it; null while it shows the live text.
let renderedRevision = null;
let reads = 0;
let result = {};
let announcedWords = 0;
let announcedWait = "";
let frame = null;

function onEvent(type, data) {
  const before = state;
  state = reduce(state, type, data);
  if (type !== "text") showState(before);
  if (state.text !== before.text) showTextSoon();
}

function showState(before) {
  byId("report").dataset.state = (state.status ?? "loading").toLowerCase();
  showHead(state);
  showSteps(byId("steps"), state);
  showElapsed();
  showFacts(workflowId, state, result);
  showControls(state);
  const wait = showWait(byId("waiting"), state);
  if (wait && wait !== announcedWait) announcer.say(`${wait}.`);
  announcedWait = wait;
  announceStep(before);
  if (state.status !== before.status || state.revision !== before.revision) showStatus();
}

function showTextSoon() {
  frame ??= requestAnimationFrame(() => {
    frame = null;
    showText();
  });
}

const isWriting = () => !hasEnded(state) && state.status !== "WAITING_FOR_REVIEW";

function showBusy() {
  text.setAttribute("aria-busy", String(reads > 0 || isWriting()));
}

function showText() {
  if (renderedRevision === state.revision) return;
  byId("text-waiting").hidden = Boolean(state.text) || !isWriting();
  if (renderedRevision !== null) {
    live.reset();
    byId("contents-panel").hidden = true;
    renderedRevision = null;
  }
  if (!state.title) showHead(state);
  live.show(state.text);
  showBusy();
  scroll.update();
  announceWords();
}

const STATUS_SHOWN = {
  WAITING_FOR_REVIEW: showDraft,
  COMPLETED: showReport,
  FAILED: () => showEnd(showFailure, `The report failed. ${state.failure?.message ?? ""}`),
  CANCELLED: () => showEnd(showCancellation, "The report was cancelled."),
};

function showStatus() {
  if (state.status !== "WAITING_FOR_REVIEW") {
    review.hide();
    drafts.hide();
  }
  const show = STATUS_SHOWN[state.status];
  if (show) {
    show();
    return;
  }
  announcedWords = 0;
  scroll.start();
  showTextSoon();
}

async function showDraft() {
  scroll.stop();
  announcer.say(`Draft ${state.revision} is ready and waits for your decision.`);
  await readDocument();
  if (state.status === "WAITING_FOR_REVIEW") openReview();
}

function openReview() {
  review.show(state.revision, state.reviewUntil);
  drafts.show(state.revision);
}

async function showReport() {
  end();
  announcer.say(`The report is ready: ${nameOf(state)}.`);
  const wasFollowing = scroll.isFollowing && renderedRevision === null && Boolean(state.text);
  await Promise.all([readDocument(), readResult()]);
  // A reader who let the page scroll has not read the beginning yet.
  if (wasFollowing) scrollTo({ top: 0, behavior: "smooth" });
}

async function readResult() {
  result = await getResult(workflowId).catch(() => ({}));
  onEvent("status", result);
  fill(byId("report-notice"));
  if (result.degraded) showDegraded();
}

function showDegraded() {
  const detail = "The full layout could not be made for this text, so the PDF is a plain one. Nothing is missing from it.";
  fill(byId("report-notice"), notice("wait", "The PDF has a plain layout", h("p", {}, detail)));
}

function showEnd(show, message) {
  end();
  // The news of the end says neither when nor what it took.
  getStatus(workflowId).then((status) => onEvent("status", status), () => {});
  announcer.say(message);
  show(byId("report-notice"), state);
  showText();
  byId("sheet").hidden = !state.text;
}

function end() {
  scroll.stop();
  showConnection(null);
  showAgain(state.status);
  drafts.show(state.revision);
  showBusy();
}

async function readDocument() {
  const { revision } = state;
  byId("text-waiting").hidden = true;
  reads += 1;
  showBusy();
  try {
    // By its number: "the newest" may still be the one before, where the server has to ask its database.
    const html = await getHtml(workflowId, revision);
    if (revision !== state.revision) return;
    showDocument(html, nameOf(state), text);
    renderedRevision = revision;
  } catch (problem) {
    const retry = () => {
      fill(byId("report-notice"));
      readDocument();
    };
    fill(byId("report-notice"), failure("The text could not be read", problem, retry));
  } finally {
    reads -= 1;
    showBusy();
  }
}

function onDecided(decision) {
  byId("main").focus();
  // The end may have been heard of before the answer: then the page says so already.
  if (hasEnded(state)) return;
  fill(byId("report-notice"));
  const said = { approve: "Approved: the PDF is being made.", revise: "Sent: a new draft is being written.", reject: "Rejected." };
  announcer.say(said[decision]);
}

async function onStale(detail) {
  fill(byId("report-notice"), notice("wait", "Someone was quicker", h("p", {}, detail)));
  byId("main").focus();
  const current = await getStatus(workflowId).catch(() => null);
  if (current) onEvent("status", current);
  if (state.status === "WAITING_FOR_REVIEW") openReview();
}

function announceStep(before) {
  const now = stepOf(state.steps);
  if (now && now !== stepOf(before.steps)) announcer.say(`${stepName(now)}.`);
}

function announceWords() {
  const words = state.text.split(/\s+/).length;
  if (words < announcedWords + WORDS_BETWEEN_ANNOUNCEMENTS) return;
  announcedWords = words;
  announcer.say(`${count(words, "word")} written.`);
}

function showElapsed() {
  const { start, end: finish } = timesOf(state);
  const elapsed = finish ? duration(finish - start) : clock(Date.now() - start);
  byId("elapsed").textContent = start ? elapsed : "";
}

startControls(workflowId, (status) => onEvent("status", status));
startAgain(workflowId, { onRendered: readResult, promptOf: () => state.prompt });
follow(workflowId, {
  onEvent,
  onConnection: (connection) => showConnection(hasEnded(state) ? null : connection),
  onMissing: () => showMissing(workflowId),
});
setInterval(() => {
  if (state.status === null || hasEnded(state)) return;
  showElapsed();
  showWait(byId("waiting"), state);
  tickSteps(byId("steps"), state);
}, 1000);
showHead(state);
showSteps(byId("steps"), state);
