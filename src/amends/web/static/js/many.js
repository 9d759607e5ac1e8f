"use strict";
// Cases chosen for one change stay chosen while the list refreshes itself; "v" chooses by key.
(() => {
  const chosen = new Set();
  const boxes = () => [...document.querySelectorAll("input[name=ref][form=many]")];
  const tell = () => {
    const told = document.querySelector("[data-picked]");
    if (told) told.textContent = chosen.size ? ` ${chosen.size}` : "";
  };
  const restore = () => {
    for (const box of boxes()) box.checked = chosen.has(box.value);
    tell();
  };
  document.addEventListener("change", ({ target }) => {
    if (target.name !== "ref" || target.getAttribute("form") !== "many") return;
    if (target.checked) chosen.add(target.value);
    else chosen.delete(target.value);
    tell();
  });
  // What is chosen and no longer in the list, as another tab is shown, goes along all the same.
  document.addEventListener("submit", ({ target }) => {
    if (target.id !== "many") return;
    const shown = new Set(boxes().map((box) => box.value));
    for (const ref of chosen) {
      if (shown.has(ref)) continue;
      const more = document.createElement("input");
      Object.assign(more, { type: "hidden", name: "ref", value: ref });
      target.append(more);
    }
  });
  document.addEventListener("amends:pick", () => {
    const row = document.activeElement.closest("li") ?? document.querySelector("#rows [aria-current]")?.closest("li");
    row?.querySelector("input[name=ref]")?.click();
  });
  document.addEventListener("htmx:afterSettle", restore);
  document.addEventListener("DOMContentLoaded", restore);
  if (document.readyState !== "loading") restore();
})();
