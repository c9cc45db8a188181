// The masthead of every page: theme and menu.

const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

function currentTheme() {
  return document.documentElement.dataset.theme ?? (systemIsDark.matches ? "dark" : "light");
}

function remember(theme) {
  const followsSystem = theme === (systemIsDark.matches ? "dark" : "light");
  // Choosing what the system has anyway gives the choice back to the system.
  if (followsSystem) delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    if (followsSystem) localStorage.removeItem("theme");
    else localStorage.setItem("theme", theme);
  } catch {
    // Without storage the choice lasts for this page.
  }
}

function startThemeToggle() {
  const button = document.querySelector(".theme-toggle");
  const show = () => {
    const next = currentTheme() === "dark" ? "light" : "dark";
    button.setAttribute("aria-label", `Use the ${next} theme`);
    button.title = `Use the ${next} theme`;
    button.querySelector("use").setAttribute("href", `/static/icons.svg#${next === "dark" ? "moon" : "sun"}`);
  };
  button.addEventListener("click", () => {
    remember(currentTheme() === "dark" ? "light" : "dark");
    show();
  });
  systemIsDark.addEventListener("change", show);
  show();
}

function startMenu() {
  const button = document.querySelector(".menu-button");
  const open = (isOpen) => {
    button.setAttribute("aria-expanded", String(isOpen));
    button.querySelector("use").setAttribute("href", `/static/icons.svg#${isOpen ? "close" : "menu"}`);
  };
  button.addEventListener("click", () => open(button.getAttribute("aria-expanded") !== "true"));
  document.querySelector(".masthead").addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || button.getAttribute("aria-expanded") !== "true") return;
    open(false);
    button.focus();
  });
}

startThemeToggle();
startMenu();
