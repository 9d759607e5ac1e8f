"use strict";
// Snippets: Ctrl+/ opens them from the composer, Enter takes the first, arrows go through them.
(() => {
  const box = () => document.querySelector("#help .snippets");
  const rows = () => [...(box()?.querySelectorAll("button.snippet") || [])];
  const field = () => {
    const mode = document.querySelector("#compose [name=mode]:checked")?.value;
    return document.getElementById(`text-${mode}`);
  };
  const shut = () => {
    document.getElementById("help").replaceChildren();
    field()?.focus();
  };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "/") {
      const opener = document.querySelector("[data-test=snippets]");
      if (!opener) return;
      event.preventDefault();
      opener.click();
      return;
    }
    if (!box()?.contains(event.target)) return;
    const here = rows().indexOf(event.target);
    if (event.key === "ArrowDown") rows()[Math.min(here + 1, rows().length - 1)]?.focus();
    else if (event.key === "ArrowUp") (rows()[here - 1] ?? document.getElementById("snippet-words")).focus();
    else if (event.key === "Enter" && here < 0) rows()[0]?.click();
    else if (event.key === "Escape") {
      event.stopImmediatePropagation();
      shut();
    } else return;
    event.preventDefault();
  }, true);

  // The case may be drawn anew by what colleagues do meanwhile: what is open here stays open.
  let open = null;
  document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
    const help = document.getElementById("help");
    if (detail.target.id !== "compose" || !help) return;
    open = { ref: detail.target.dataset.case, nodes: [...help.childNodes], focus: help.contains(document.activeElement) && document.activeElement };
  });
  document.addEventListener("htmx:oobAfterSwap", () => {
    const whole = document.getElementById("compose");
    const help = document.getElementById("help");
    if (!open || !help || whole?.dataset.case !== open.ref) return;
    if (!help.children.length) help.replaceChildren(...open.nodes);
    if (open.focus) open.focus.focus();
    open = null;
  });

  // The composer itself puts it in, as it does with the contact route.
  document.addEventListener("click", (event) => {
    if (event.target.closest("button.snippet")) shut();
  });
})();
