"use strict";
// Buttons that put a text on the clipboard; where there is none they stay hidden.
(() => {
  if (!navigator.clipboard) return;
  const show = (root) => {
    for (const button of root.querySelectorAll("button.copy[hidden]")) button.hidden = false;
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button.copy");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = "Copied";
  });
  document.addEventListener("htmx:afterSwap", (event) => show(event.target));
  document.addEventListener("DOMContentLoaded", () => show(document));
})();
