import { listen } from "../feed.js";
import { showSoon } from "../swap.js";
import "../shell.js";

// What happened while nobody listened is in the list.
listen("/api/reports/events", "report", showSoon, { onOpen: showSoon });
