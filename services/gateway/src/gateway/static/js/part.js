// What the server has put in words and elements.

import { getText } from "./api.js";
import { ago, date } from "./format.js";

/** Say the times below `root` as the reader's own. */
export function sayTimes(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    time.title = date(time.dateTime);
    time.textContent = ago(time.dateTime);
  }
}

/** Fetch a page; throws a Problem. */
export async function readPage(address, options) {
  const page = new DOMParser().parseFromString(await getText(address, options), "text/html");
  sayTimes(page);
  return page;
}

/** Fetch a part of a page: gives its elements. */
export const read = async (address) => [...(await readPage(address)).body.children];
