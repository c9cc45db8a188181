import { isNewHere } from "../preferences.js";
import { show } from "../swap.js";
import "../shell.js";

// Days are those of the reader's own zone.
if (isNewHere) show(location.href, ", #period");
