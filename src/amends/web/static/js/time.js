"use strict";
// Keeps "waiting 4 min" true while the page stays open.
(() => {
  const words = (seconds) => {
    if (seconds < 60) return "under 1 min";
    if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
    if (seconds < 172800) return `${Math.floor(seconds / 3600)} h`;
    return `${Math.floor(seconds / 86400)} d`;
  };
  const refresh = () => {
    for (const shown of document.querySelectorAll("time[data-since]")) {
      const seconds = Math.max(0, (Date.now() - Date.parse(shown.dateTime)) / 1000);
      const kind = shown.dataset.since;
      const text = { waiting: `waiting ${words(seconds)}`, ago: `${words(seconds)} ago` }[kind] ?? words(seconds);
      if (shown.textContent !== text) shown.textContent = text;
    }
  };
  setInterval(refresh, 15000);
  document.addEventListener("visibilitychange", () => document.hidden || refresh());
})();
