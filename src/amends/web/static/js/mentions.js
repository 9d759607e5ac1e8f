"use strict";
// While a note is written, an @ offers colleagues by name. Without it the list below the note does.
(() => {
  const MOST = 6;
  const asked = (field) => /(?:^|[^\w.@])@([\p{L}' -]{0,40})$/u.exec(field.value.slice(0, field.selectionStart))?.[1];
  const names = () => [...document.querySelectorAll("#heads-up option[value]:not([value=''])")].map((one) => one.textContent);
  const list = () => document.getElementById("named");
  const close = () => list()?.replaceChildren();

  const put = (field, name) => {
    const typed = asked(field) ?? "";
    const at = field.selectionStart;
    field.setRangeText(`${name} `, at - typed.length, at, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    close();
    field.focus();
  };
  const offer = (field) => {
    const typed = asked(field);
    close();
    if (typed === undefined) return;
    const fitting = names().filter((name) => name.toLowerCase().startsWith(typed.toLowerCase()) && name !== typed.trim());
    for (const name of fitting.slice(0, MOST)) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button small";
      button.textContent = `@${name}`;
      button.addEventListener("click", () => put(field, name));
      list()?.append(button);
    }
  };

  document.addEventListener("input", (event) => event.target.id === "text-note" && event.isTrusted && offer(event.target));
  document.addEventListener("keydown", (event) => {
    const first = list()?.querySelector("button");
    if (!first || event.target.id !== "text-note") return;
    if (event.key === "Tab" && !event.shiftKey) {
      event.preventDefault();
      first.click();
    } else if (event.key === "Escape") close();
  });
})();
