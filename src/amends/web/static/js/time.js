"use strict";
// Keeps "waiting 4 min" true while the page stays open.
(() => {
  const words = (seconds) => {
    if (seconds < 60) return "under 1 min";
    if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
    if (seconds < 172800) return `${Math.floor(seconds / 3600)} h`;
    return `${Math.floor(seconds / 86400)} d`;
  };
  // A clock: "answer due in 12 min", and red once it is late.
  const tell = (shown) => {
    const left = (Date.parse(shown.dateTime) - Date.now()) / 1000;
    const text = left > 0 ? `due in ${words(left)}` : `late by ${words(-left)}`;
    const whole = `${shown.dataset.what} ${text}`.trim();
    if (shown.textContent !== whole) shown.textContent = whole;
    shown.classList.toggle("late", left <= 0);
  };
  const refresh = () => {
    for (const shown of document.querySelectorAll("time[data-since]")) {
      const seconds = Math.max(0, (Date.now() - Date.parse(shown.dateTime)) / 1000);
      const kind = shown.dataset.since;
      if (kind === "due") {
        tell(shown);
        continue;
      }
      const text = { waiting: `waiting ${words(seconds)}`, ago: `${words(seconds)} ago` }[kind] ?? words(seconds);
      if (shown.textContent !== text) shown.textContent = text;
    }
  };
  setInterval(refresh, 15000);
  document.addEventListener("visibilitychange", () => document.hidden || refresh());
})();
