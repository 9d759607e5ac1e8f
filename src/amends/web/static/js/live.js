"use strict";
// One event stream for each visible tab (a browser allows six for each host). Each number says
// that something changed; the parts that care ask for themselves anew.
(() => {
  const address = document.body.dataset.live;
  if (!address || !window.EventSource) return;
  let stream = null;
  let last = null;
  const listen = () => {
    if (stream) return;
    stream = new EventSource(address);
    stream.onmessage = (message) => {
      if (last !== null && message.data !== last) document.body.dispatchEvent(new Event("amends:changed"));
      last = message.data;
    };
    stream.onerror = () => {
      if (stream.readyState === EventSource.CLOSED) stream = null;
    };
  };
  const rest = () => {
    stream?.close();
    stream = null;
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? rest() : listen()));
  window.addEventListener("pagehide", rest);
  window.addEventListener("pageshow", () => document.hidden || listen());
  setInterval(() => document.hidden || listen(), 10000);

  // A list that grew by "More cases" keeps its length when it refreshes itself.
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.target.id === "list") {
      event.detail.parameters.shown = document.querySelectorAll("#rows .row").length;
    }
  });

  // A list is not drawn anew between a press and its release: what was pressed would be gone, and
  // the click lost. Nor is a part that waits for an answer: the answer would have no place to go.
  let pressed = false;
  let missed = false;
  const again = () => {
    if (missed) document.body.dispatchEvent(new Event("amends:changed"));
    missed = false;
  };
  document.addEventListener("pointerdown", () => { pressed = true; }, true);
  const released = () => setTimeout(() => {
    pressed = false;
    again();
  });
  for (const end of ["pointerup", "pointercancel", "dragend"]) document.addEventListener(end, released, true);
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const held = { list: pressed, trail: detail.target.querySelector("form.htmx-request") };
    if (!held[detail.target.id]) return;
    detail.shouldSwap = false;
    missed = true;
  });
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.requestConfig.elt.matches("form") && !pressed) setTimeout(again);
  });

  // What somebody is busy with is not pulled away by a refresh.
  const busy = (part) =>
    part.contains(document.activeElement) ||
    [...part.querySelectorAll("textarea, input:not([type]), input[type=search]")].some((field) => field.value !== field.defaultValue) ||
    part.querySelector("details.menu[open], details.amend[open]") !== null;
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    if (["compose", "case-head", "context"].includes(event.target.id) && busy(event.target)) event.detail.shouldSwap = false;
  });

  // A step draws the case anew: what stands beside it stays where one was, and what was refused is
  // said where it was typed too.
  let stood = null;
  const context = () => document.getElementById("context");
  const shown = () => document.querySelector("#case [data-ref]")?.dataset.ref;
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    stood = detail.target.id === "case" && context() ? { ref: shown(), top: context().scrollTop } : null;
  });
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.target.id !== "case" || !stood || stood.ref !== shown() || !context()) return;
    context().scrollTop = stood.top;
    const said = document.getElementById("case-error");
    const form = document.querySelector("#case details.amend[open] form");
    if (!said || !form) return;
    const again = said.cloneNode(true);
    for (const name of ["id", "role", "data-test"]) again.removeAttribute(name);
    form.prepend(again);
    again.scrollIntoView({ block: "nearest" });
  });

  // What was said of a text that was refused is no longer true of the text as it is written now.
  document.addEventListener("input", ({ target }) => {
    if (target.matches(".composer textarea")) document.getElementById("case-error")?.remove();
  });

  const mark = () => {
    const open = document.querySelector("#case [data-ref]")?.dataset.ref;
    for (const row of document.querySelectorAll("#rows .row")) {
      if (row.dataset.ref === open) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
  };
  document.addEventListener("htmx:afterSettle", mark);

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      const done = menu.matches(".inserts") && event.target.closest(".menu-panel button");
      if (done || !menu.contains(event.target)) menu.open = false;
    }
  });
})();
