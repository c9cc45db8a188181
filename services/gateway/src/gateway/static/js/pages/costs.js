import "../swap.js";
import "../shell.js";
