// Forms: where the keyboard goes, fields that others call for, further rows, drafts, and leaving one.
(() => {
  "use strict";

  const page = document.documentElement;
  const ahead = Date.parse(page.dataset.now) - Date.now();
  const now = () => Date.now() + ahead; // the server's clock, which a demo may move
  const FIELDS = "input:not([type=hidden]):not(:disabled), select:not(:disabled), textarea:not(:disabled)";

  // Fields that another field's value calls for, further rows
  function callFor(form) {
    form.querySelectorAll("[data-when]").forEach((part) => {
      const asking = form.elements[part.dataset.when];
      if (!asking) return;
      const needed = part.dataset.is.split(" ").includes(asking.value);
      part.hidden = !needed;
      part.querySelectorAll("input").forEach((input) => { input.disabled = !needed; });
    });
  }

  function addRow(rows) {
    const row = rows.lastElementChild.cloneNode(true);
    row.querySelectorAll("[name]").forEach((input) => {
      input.name = input.name.replace(/\.\d+\./, `.${rows.children.length}.`);
      input.value = "";
      input.classList.remove("is-invalid");
    });
    rows.append(row);
    return row;
  }

  // Drafts: what a person typed on a form stays in this browser until it is sent, for a while
  const PREFIX = "redress.draft ";
  const KEPT_FOR = 30 * 24 * 3600 * 1000;
  const REST = 300; // milliseconds without typing after which it is kept
  const TOLD = { dateStyle: "medium", timeStyle: "short", hourCycle: "h23", timeZone: page.dataset.zone };
  const ALONG = ["version", "command_id"]; // what the form was drawn on, and as which command it was sent
  const atHand = new Set(); // drafts whose forms are open on this page: nothing to restore
  const typedIn = new WeakSet(); // forms with something on them that is to be kept
  let resting = 0;

  const keyOf = (form) => PREFIX + form.dataset.draft;

  function stored(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null; // no storage, or nothing of ours
    }
  }

  function drop(form) {
    clearTimeout(resting);
    typedIn.delete(form);
    try {
      localStorage.removeItem(keyOf(form));
    } catch { /* no storage */ }
  }

  function keep(form) {
    clearTimeout(resting);
    if (!form.isConnected || !form.dataset.draft) return;
    const typed = [...new FormData(form)].filter(([name, value]) => {
      const field = form.elements[name];
      return typeof value === "string" && (field?.type ?? "") !== "hidden";
    });
    const along = Object.fromEntries(ALONG.map((name) => [name, form.elements[name]?.value]));
    const files = [...form.querySelectorAll("input[type=file]")].some((input) => input.files.length > 0);
    try {
      localStorage.setItem(keyOf(form), JSON.stringify({ at: now(), typed, along, files }));
    } catch { /* no storage, or it is full: the page still has what was typed */ }
  }

  function sweep() {
    try {
      Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).forEach((key) => {
        if (!(now() - stored(key)?.at < KEPT_FOR)) localStorage.removeItem(key);
      });
    } catch { /* no storage */ }
  }

  function write(form, typed) {
    form.querySelectorAll("input[type=checkbox]").forEach((box) => { box.checked = false; });
    for (const [name, value] of typed) {
      const rows = /\.\d+\./.test(name) && !form.elements[name] ? form.querySelector("[data-rows]") : null;
      for (let more = 0; rows && !form.elements[name] && more < 100; more += 1) addRow(rows);
      form.querySelectorAll(`[name="${CSS.escape(name)}"]`).forEach((field) => {
        if (field.type === "radio" || field.type === "checkbox") field.checked ||= field.value === value;
        else if (field.type !== "file") field.value = value;
      });
    }
  }

  function restore(form) {
    const draft = "fresh" in form.dataset && !atHand.has(keyOf(form)) ? stored(keyOf(form)) : null;
    atHand.add(keyOf(form));
    if (!draft?.typed) return;
    const note = form.querySelector("[data-restored]");
    const drawn = ALONG.map((name) => [form.elements[name], form.elements[name]?.value]);
    write(form, draft.typed);
    for (const name of ALONG) if (form.elements[name] && draft.along[name]) form.elements[name].value = draft.along[name];
    note.querySelector("time").textContent = new Date(draft.at).toLocaleString(page.lang, TOLD);
    note.querySelector("[data-files]").hidden = !draft.files;
    note.hidden = false;
    note.querySelector("[data-discard]").addEventListener("click", () => {
      drop(form);
      form.reset();
      drawn.forEach(([field, value]) => { if (field) field.value = value; });
      note.hidden = true;
      callFor(form);
      form.querySelector(FIELDS)?.focus();
    });
    document.body.dispatchEvent(new Event("case-kept")); // it may have been typed on something else than what is now
  }

  // The keyboard goes to what arrives, once: to a form's first field, or to what was wrong with it
  const met = new WeakSet();

  function meet(part) {
    if (met.has(part)) return;
    met.add(part);
    if (!part.matches("form")) return part.focus();
    if (part.dataset.draft) restore(part);
    callFor(part);
    part.querySelector(FIELDS)?.focus();
    htmx.trigger(part, "form-opened");
  }

  function arrived() {
    document.querySelectorAll(".redress-form, [data-focus]").forEach(meet);
  }

  // A form is left: in a panel it goes, and the keyboard is back at the act; on a page of its own one goes back
  function leave(form) {
    const place = form.closest(".act");
    keepNow(form);
    if (!place) return form.querySelector("[data-cancel]")?.click();
    atHand.delete(keyOf(form));
    place.replaceChildren();
    place.closest(".panel")?.querySelector(`[data-act="${CSS.escape(form.dataset.actOf)}"]`)?.focus();
  }

  function keepNow(form) {
    if (typedIn.has(form)) keep(form);
  }

  function typed(form) {
    typedIn.add(form);
    clearTimeout(resting);
    resting = setTimeout(keep, REST, form);
  }

  document.addEventListener("input", (event) => {
    const form = event.target.closest(".redress-form");
    if (form) typed(form);
  });

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form");
    if (!form) return;
    callFor(form);
    if (form.matches(".redress-form")) { typedIn.add(form); keep(form); }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || event.defaultPrevented) return;
    const form = event.target.closest(".redress-form");
    if (form && !event.target.matches("select")) leave(form);
  });

  document.addEventListener("click", (event) => {
    const adds = event.target.closest("[data-adds-row]");
    if (adds) addRow(document.querySelector(adds.dataset.addsRow)).querySelector("[name]").focus();
    const form = event.target.closest(".redress-form");
    if (form && event.target.closest("[data-same]")) drop(form);
    if (form?.closest(".act") && event.target.closest("[data-cancel]")) {
      event.preventDefault();
      leave(form);
    }
  });

  document.addEventListener("htmx:after:request", (event) => {
    const { sourceElement: form, response } = event.detail.ctx;
    if (form.matches?.(".redress-form") && response.headers.get("hx-redirect")?.startsWith("/cases/")) {
      drop(form);
    }
  });

  document.addEventListener("htmx:after:swap", arrived);
  window.addEventListener("pagehide", () => document.querySelectorAll(".redress-form").forEach(keepNow));

  sweep();
  arrived();
})();
