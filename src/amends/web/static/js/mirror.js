"use strict";
// A slider beside a number: each moves the other. Without scripts the number stands alone.
(() => {
  for (const slider of document.querySelectorAll("input[type=range][data-mirrors]")) {
    const number = document.getElementById(slider.dataset.mirrors);
    if (!number) continue;
    slider.hidden = false;
    slider.addEventListener("input", () => {
      number.value = slider.value;
      number.dispatchEvent(new Event("input", { bubbles: true }));
    });
    number.addEventListener("input", () => {
      if (number.value) slider.value = number.value;
    });
  }
})();
