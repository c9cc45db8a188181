// The masthead of every page: theme and menu; and notifications, for who wants them.

import { listen } from "./feed.js";
import { prefer, preference } from "./preferences.js";

const systemIsDark = matchMedia("(prefers-color-scheme: dark)");
const root = document.documentElement;
const themeButton = document.querySelector(".theme-toggle");
const menuButton = document.querySelector(".menu-button");

const isDark = () => (preference("theme") ? preference("theme") === "dark" : systemIsDark.matches);

function setIcon(button, name) {
  button.querySelector("use").setAttribute("href", `/static/icons.svg#${name}`);
}

/** Show the theme that is chosen. */
export function showTheme() {
  if (preference("theme")) root.dataset.theme = preference("theme");
  else delete root.dataset.theme;
  const next = isDark() ? "light" : "dark";
  themeButton.setAttribute("aria-label", `Use the ${next} theme`);
  themeButton.title = `Use the ${next} theme`;
  setIcon(themeButton, next === "dark" ? "moon" : "sun");
}

themeButton.addEventListener("click", () => {
  // Choosing what the system has anyway gives the choice back to the system.
  const next = isDark() ? "light" : "dark";
  prefer("theme", (next === "dark") === systemIsDark.matches ? "" : next);
  showTheme();
});
systemIsDark.addEventListener("change", showTheme);
showTheme();

function openMenu(isOpen) {
  menuButton.setAttribute("aria-expanded", String(isOpen));
  setIcon(menuButton, isOpen ? "close" : "menu");
}

menuButton.addEventListener("click", () => openMenu(menuButton.getAttribute("aria-expanded") !== "true"));
document.querySelector(".masthead").addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || menuButton.getAttribute("aria-expanded") !== "true") return;
  openMenu(false);
  menuButton.focus();
});

const NEWS = {
  completed: "The report is ready",
  failed: "The report failed",
  draft_ready: "A draft waits for your review",
};

function notify({ event, report }) {
  const mine = preference("requested-by");
  if (!report || !(event in NEWS) || (mine && report.requested_by !== mine)) return;
  const address = `/reports/${encodeURIComponent(report.workflow_id)}`;
  if (!document.hidden && location.pathname === address) return;
  const news = new Notification(NEWS[event], { body: report.title || report.prompt, tag: `${report.workflow_id} ${event}` });
  news.onclick = () => {
    focus();
    location.assign(address);
  };
}

// One page of all that are open listens; when it is closed, the next one takes over.
if (preference("notify") && globalThis.Notification?.permission === "granted" && navigator.locks) {
  navigator.locks.request("notifications", () => {
    listen("/api/reports/events", "report", notify, { always: true });
    return new Promise(() => {});
  });
}
