"use strict";
// The composer's comforts: length, drafts, signature, Ctrl+Enter. Without it the form still works.
(() => {
  const PAUSE_MS = 600;
  const clusters = new Intl.Segmenter(undefined, { granularity: "grapheme" });
  const bytes = new TextEncoder();
  const other = "BroadcastChannel" in window ? new BroadcastChannel("amends-drafts") : null;
  const pending = new Map(); // a text field, and the timer that will keep it
  let saving = Promise.resolve();

  const form = () => document.querySelector("form#compose");
  const looking = new Map(); // a text field, and the timer after which the guard looks at it
  const modeOf = (whole) => whole.querySelector("[name=mode]:checked")?.value;
  const lengthOf = (text, unit) => {
    if (unit === "bytes") return bytes.encode(text).length;
    if (unit === "characters") return [...text].length;
    return [...clusters.segment(text)].length;
  };

  const count = (field) => {
    const limit = Number(field.dataset.limit);
    const shown = document.getElementById(`count-${field.id.replace("text-", "")}`);
    if (!limit || !shown) return;
    const sign = field.form.querySelector("[name=sign]");
    const text = field.value.trim();
    const whole = text && sign?.checked ? text + sign.dataset.signature : text;
    const left = limit - lengthOf(whole, field.dataset.unit);
    shown.textContent = left < 0 ? `${-left} too many` : `${left} left`;
    shown.classList.toggle("over", left < 0);
    if (left < 0) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  };
  const countAll = () => form()?.querySelectorAll("textarea[data-limit]").forEach(count);

  const keep = (field) => {
    clearTimeout(pending.get(field));
    pending.delete(field);
    const whole = field.form;
    if (!whole) return;
    const mode = field.name.replace("text_", "");
    const body = new URLSearchParams({ mode, text: field.value });
    const token = whole.querySelector("[name=csrfmiddlewaretoken]").value;
    other?.postMessage({ case: whole.dataset.case, mode, text: field.value });
    saving = saving
      .then(() => fetch(whole.dataset.draft, { method: "POST", body, headers: { "X-CSRFToken": token }, keepalive: true }))
      .catch(() => {}); // the text is still in the field, and the next pause tries again
  };
  const keepAll = () => [...pending.keys()].forEach(keep);

  const look = (field) => {
    clearTimeout(looking.get(field));
    const place = document.getElementById(`guard-${field.id.replace("text-", "")}`);
    if (place) looking.set(field, setTimeout(() => window.htmx.trigger(place, "amends:look"), PAUSE_MS));
  };
  const written = () => [...(form()?.querySelectorAll("textarea[data-limit]") || [])].filter((one) => one.value.trim());

  document.addEventListener("input", (event) => {
    const field = event.target;
    if (field.form !== form() || !form()) return;
    if (field.name === "sign" || field.name === "closes_out") written().forEach(look);
    if (field.name === "sign") return countAll();
    if (!field.name?.startsWith("text_")) return;
    count(field);
    look(field);
    clearTimeout(pending.get(field));
    pending.set(field, setTimeout(() => keep(field), PAUSE_MS));
  });
  for (const moved of ["input", "pointerup", "keyup"]) {
    document.addEventListener(moved, ({ target, key }) => {
      const goes = moved !== "keyup" || /^(Arrow|Home|End|Page)/.test(key);
      if (goes && target.name?.startsWith("text_")) target.dataset.placed = "1";
    });
  }
  document.addEventListener("change", (event) => {
    if (event.target.type === "file" && event.target.form === form() && event.target.files.length) {
      return event.target.closest("details").querySelector("button[name=attaching]").click();
    }
    if (event.target.name !== "mode" || event.target.form !== form()) return;
    keepAll();
    form().querySelector(`#text-${event.target.value}`)?.focus();
  });
  window.addEventListener("pagehide", keepAll);

  // A draft on its way must not arrive after the text was sent, or it would come back.
  document.addEventListener("htmx:confirm", (event) => {
    if (event.target !== form()) return;
    event.preventDefault();
    pending.forEach((timer) => clearTimeout(timer));
    pending.clear();
    saving.then(() => event.detail.issueRequest(true));
  });
  document.addEventListener("htmx:beforeRequest", (event) => event.target !== form() && keepAll());

  // The answer to a verb draws the case anew. What was typed while it was on its way stays.
  let typed = null;
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const whole = form();
    typed = null;
    if (!whole || detail.target.id !== "case" || detail.requestConfig?.elt === whole) return;
    const fields = [...whole.querySelectorAll("textarea")].filter((one) => one.id && one.value !== one.defaultValue);
    if (fields.length) typed = { ref: whole.dataset.case, mode: modeOf(whole), texts: fields.map(({ id, value }) => [id, value]) };
  });
  document.addEventListener("htmx:afterSwap", () => {
    const whole = form();
    if (!typed || whole?.dataset.case !== typed.ref) return;
    const kept = typed;
    typed = null;
    const mode = whole.querySelector(`[name=mode][value=${kept.mode}]`);
    if (mode) mode.checked = true;
    for (const [id, value] of kept.texts) {
      const field = whole.querySelector(`#${id}`);
      if (!field) continue;
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form && event.target.form === form()) {
      event.preventDefault();
      form().requestSubmit(form().querySelector(".send"));
    }
  });

  document.addEventListener("keydown", (event) => {
    const button = form()?.querySelector("button.handoff");
    if (!button || !event.altKey || event.code !== "KeyI" || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    button.click();
  });

  const choose = (mode) => {
    const radio = form()?.querySelector(`[name=mode][value=${mode}]`);
    if (!radio) return false;
    radio.checked = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
    form().scrollIntoView({ block: "nearest" });
    return true;
  };
  // The words may have moved since the guard looked: they are taken out where they stand now.
  const takeOut = ({ start, end, words, with: instead }) => {
    const field = form().querySelector(`#text-${modeOf(form())}`);
    const points = [...field.value];
    const there = points.slice(Number(start), Number(end)).join("") === words;
    const from = there ? points.slice(0, Number(start)).join("").length : field.value.indexOf(words);
    if (from < 0) return;
    field.setRangeText(instead, from, from + words.length, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  };
  const fill = (text) => {
    const field = form().querySelector(`#text-${modeOf(form())}`);
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    document.getElementById("help").replaceChildren();
    field.focus();
  };
  const insert = (words) => {
    const field = form()?.querySelector(`#text-${modeOf(form())}`);
    if (!field) return;
    // Nobody has put the cursor anywhere in a draft that was just drawn: behind it is where to go on.
    const at = field.dataset.placed ? field.selectionEnd : field.value.length;
    const gap = /(?:^|\s)$/.test(field.value.slice(0, at)) ? "" : " ";
    const behind = /^\S/.test(field.value.slice(at)) ? " " : "";
    field.setRangeText(gap + words + behind, at, at, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  };
  // The link is made when it is asked for: one that nobody took is given again.
  const insertLink = async (button) => {
    if (modeOf(form()) === "note") choose("public");
    const token = form().querySelector("[name=csrfmiddlewaretoken]").value;
    button.disabled = true;
    const answer = await fetch(button.dataset.handoff, { method: "POST", headers: { "X-CSRFToken": token } }).catch(() => null);
    button.disabled = false;
    if (answer?.ok) insert(await answer.text());
  };
  document.addEventListener("amends:mode", (event) => choose(event.detail));
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-mode][href='#compose']");
    if (opener && choose(opener.dataset.mode)) event.preventDefault();
    const draft = event.target.closest("button.use-draft");
    if (draft) return fill(draft.dataset.text);
    const redact = event.target.closest("button.redact");
    if (redact) return takeOut(redact.dataset);
    const link = event.target.closest("button.handoff");
    if (link) return void insertLink(link);
    const route = event.target.closest("button.route");
    if (route) insert(route.dataset.route);
  });

  other?.addEventListener("message", ({ data }) => {
    const whole = form();
    const field = whole?.querySelector(`#text-${data.mode}`);
    if (!field || whole.dataset.case !== data.case || field === document.activeElement) return;
    field.value = data.text;
    count(field);
  });

  const ready = () => {
    form()?.querySelectorAll(".inserts, button.route, button.handoff, button.redact, button.use-draft, [data-test=snippets]").forEach((one) => one.removeAttribute("hidden"));
    countAll();
  };
  document.addEventListener("htmx:afterSettle", ready);
  document.addEventListener("DOMContentLoaded", ready);
  if (document.readyState !== "loading") ready();
})();
