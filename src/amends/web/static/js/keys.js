"use strict";
// Single keys, the sheet that lists them, and the palette. Single keys can be switched off.
(() => {
  const GO = { i: "inbox", u: "heads-ups", h: "heard", o: "outbox", f: "claims", l: "listening", t: "load", r: "training", s: "setup", p: "people" };
  const MODES = { r: "public", p: "private", x: "note" };
  const single = document.body.dataset.keys === "on";
  let going = 0; // when "g" was pressed

  const step = (by) => {
    const rows = [...document.querySelectorAll("#rows .row, #rows [data-row]")];
    const here = rows.findIndex((row) => row === document.activeElement);
    const open = rows.findIndex((row) => row.hasAttribute("aria-current"));
    const from = here >= 0 ? here : open;
    rows[Math.min(Math.max(from + by, 0), rows.length - 1)]?.focus();
  };
  const openMenu = (key) => {
    const place = document.querySelector(`:is(details.menu, .menu form)[data-key=${key}]`);
    if (!place) return false;
    place.closest("details.menu").open = true;
    place.querySelector("select, input:not([type=hidden]), button")?.focus();
    return true;
  };
  const palette = () => {
    document.getElementById("palette").showModal();
    const words = document.getElementById("palette-words");
    words.value = "";
    words.dispatchEvent(new Event("amends:open"));
  };
  const press = (selector) => {
    const button = document.querySelector(selector);
    button?.click();
    return Boolean(button);
  };
  // A post that is heard is no link itself: its case is opened, else the place it stands at.
  const openRow = (row) => {
    const goal = row.querySelector("[data-open=first]") ?? row.querySelector("[data-open]");
    goal?.click();
    return Boolean(goal);
  };
  const write = (mode) => {
    if (!document.querySelector("form#compose")) return false;
    document.dispatchEvent(new CustomEvent("amends:mode", { detail: mode }));
    return true;
  };
  // What a post is, said of the post one stands on, else of the last of the case.
  const CORRECT = ["c", "n", "u", "q", "d", "w", "b", "-", "0", "+"];
  const correct = (key) => {
    const on = document.activeElement.closest("[data-row], .entry")?.querySelector("[data-reading]");
    const reading = on ?? [...document.querySelectorAll("#case [data-reading]")].at(-1);
    const button = reading?.querySelector(`[data-correct="${key}"]`);
    button?.click();
    return Boolean(button);
  };
  const act = (key) => {
    if (going && Date.now() - going < 1500) {
      going = 0;
      return Boolean(GO[key]) && press(`[data-test=nav-${GO[key]}]`);
    }
    if (key === "Enter" && document.activeElement.matches("[data-row]")) return openRow(document.activeElement);
    if (key === "g") return Boolean((going = Date.now()));
    if (key === "j" || key === "k") return step(key === "j" ? 1 : -1) ?? true;
    if (MODES[key]) return write(MODES[key]);
    if (["a", "l", "m", "o", "z"].includes(key)) return openMenu(key);
    if (key === "v") return document.dispatchEvent(new CustomEvent("amends:pick"));
    if (key === "s") return press("[data-test=snippets]");
    if (/^[1-9]$/.test(key)) return press(`[data-digit="${key}"]`);
    if (key === "i") return press("button.handoff");
    if (key === "e") return press("button[data-key=e]");
    if (CORRECT.includes(key)) return correct(key);
    if (key === "/") return document.getElementById("search")?.focus() ?? true;
    if (key === "?") return document.getElementById("key-sheet").showModal() ?? true;
    return false;
  };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      palette();
      return;
    }
    if (event.key === "Escape") {
      const menu = document.querySelector("details.menu[open]");
      if (menu) {
        menu.open = false;
        menu.querySelector("summary").focus();
      } else if (event.target.matches?.("textarea, input")) event.target.blur();
      return;
    }
    const typing = event.target.closest?.("input:not([type=radio], [type=checkbox]), textarea, select, dialog");
    if (!single || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (act(event.key)) event.preventDefault();
  });

  // What the palette offers to do with the open case is a menu of its page.
  document.getElementById("palette")?.addEventListener("click", (event) => {
    const goal = event.target.closest("[data-menu]");
    if (!goal) return;
    document.getElementById("palette").close();
    if (openMenu(goal.dataset.menu)) event.preventDefault();
  });

  document.getElementById("palette")?.addEventListener("keydown", (event) => {
    const goals = [...document.querySelectorAll("#palette-goals a")];
    const here = goals.indexOf(document.activeElement);
    if (event.key === "ArrowDown") goals[Math.min(here + 1, goals.length - 1)]?.focus();
    else if (event.key === "ArrowUp") (goals[here - 1] ?? document.getElementById("palette-words")).focus();
    else if (event.key === "Enter" && here < 0) goals[0]?.click();
    else return;
    event.preventDefault();
  });
})();
