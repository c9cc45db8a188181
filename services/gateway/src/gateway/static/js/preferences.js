// What somebody has chosen in this browser: "requested-by", "theme", "default-mode", "time-zone", "notify".

import { load, store } from "./storage.js";

const local = () => localStorage;

export const preference = (key) => load(local, key);
export const prefer = (key, value) => store(local, key, value);

export const systemZone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
/** The time zone in which times are shown: an IANA name. */
export const timeZone = preference("time-zone") || systemZone;
// For the pages that the server fills; the first of them was filled without it.
export const isNewHere = timeZone !== "UTC" && !document.cookie.includes(`tz=${timeZone}`);
document.cookie = `tz=${timeZone};path=/;max-age=31536000;samesite=lax`;
