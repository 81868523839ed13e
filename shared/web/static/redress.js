// What the pages need beyond htmx and Tabler: the keyboard, clocks, the live connection.
(() => {
  "use strict";

  const page = document.documentElement;
  const JUMP = 2000; // milliseconds: what the way of a message takes is no move of the clock
  let ahead = Date.parse(page.dataset.now) - Date.now();
  const now = () => Date.now() + ahead; // the server's clock, which a demo may move

  function setClock(at) {
    const told = Date.parse(at) - Date.now();
    const moved = Math.abs(told - ahead) > JUMP;
    ahead = told;
    if (!moved) return;
    tellTimes(document);
    document.body.dispatchEvent(new Event("clock-moved"));
  }

  // Times: "in 3 hours", "2 days ago"
  const relative = new Intl.RelativeTimeFormat(page.lang, { numeric: "auto" });
  const units = [["day", 86400], ["hour", 3600], ["minute", 60]];

  function tell(time) {
    const seconds = (Date.parse(time.dateTime) - now()) / 1000;
    const [unit, length] = units.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", Infinity];
    const text = relative.format(Math.trunc(seconds / length), unit);
    if (time.textContent !== text) time.textContent = text;
  }

  function shade(due) { // as the server draws it: red when late, orange in the last quarter
    const [end, began] = [Date.parse(due.dataset.due), Date.parse(due.dataset.began)];
    const late = now() >= end;
    const near = !late && now() >= began + (end - began) * 0.75;
    due.classList.toggle("bg-red-lt", late);
    due.classList.toggle("bg-orange-lt", near);
    due.classList.toggle("bg-secondary-lt", !late && !near);
  }

  function tellTimes(root) {
    root.querySelectorAll("time[data-relative]").forEach(tell);
    root.querySelectorAll(".due").forEach(shade);
  }

  // The live connection: when something came last, whether it is lost, and what was missed meanwhile
  const lost = document.getElementById("lost-connection");

  const through = { requests: true, stream: true };

  function connected(way, is) {
    through[way] = is;
    lost.hidden = through.requests && through.stream;
    page.dataset.live = lost.hidden ? "yes" : "no";
  }

  function catchUp() { // also with what came between the page and its first connection
    document.body.dispatchEvent(new Event("kept"));
  }

  // What is shown of a case follows it. A department may hear of it a moment later than the register: ask once more.
  const BEHIND = 1500;
  let again = 0;

  function caseKept() {
    document.body.dispatchEvent(new Event("case-kept"));
  }

  async function askTheTime() { // the clock may have been moved while nobody was connected
    const answer = await fetch("/api/analytics/clock").catch(() => null);
    if (answer?.ok) setClock((await answer.json()).at);
  }

  function kept(event) {
    const { at, cases = [] } = event.detail?.data ? JSON.parse(event.detail.data) : {};
    if (at) setClock(at);
    updated();
    const shown = document.querySelector("[data-case-page]")?.dataset.casePage;
    if (!shown || (cases.length && !cases.includes(shown))) return;
    caseKept();
    clearTimeout(again);
    again = setTimeout(caseKept, BEHIND);
  }

  function updated() {
    document.querySelectorAll("time[data-last-update]").forEach((time) => {
      const moment = new Date(now());
      time.dateTime = moment.toISOString();
      time.textContent = moment.toLocaleTimeString(page.lang, { hourCycle: "h23", timeZone: page.dataset.zone });
    });
  }

  // The keyboard
  let begun = "";

  function press(key) {
    const wanted = begun ? `${begun} ${key}` : key;
    const found = document.querySelector(`[data-key="${CSS.escape(wanted)}"]`);
    begun = "";
    if (found) {
      found.matches("input") ? found.focus() : found.click();
      return true;
    }
    if (document.querySelector(`[data-key^="${CSS.escape(wanted)} "]`)) begun = wanted;
    return false;
  }

  function step(by) {
    const links = [...document.querySelectorAll("[data-row] a[href]:first-of-type")];
    const at = links.indexOf(document.activeElement?.closest("[data-row]")?.querySelector("a[href]"));
    links[Math.min(Math.max(at + by, 0), links.length - 1)]?.focus();
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.target.form?.requestSubmit();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.matches("input, textarea, select, [contenteditable]")) return;
    if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
    else if (press(event.key)) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const opens = event.target.closest("[data-opens]");
    if (opens) document.getElementById(opens.dataset.opens).showModal();
  });

  document.addEventListener("change", (event) => {
    if (event.target.form?.matches("[data-sends-itself]")) event.target.form.requestSubmit();
  });

  document.addEventListener("htmx:after:swap", () => tellTimes(document));
  document.body.addEventListener("kept", kept);
  document.addEventListener("htmx:error", () => connected("requests", false));
  document.addEventListener("htmx:after:request", () => connected("requests", true));
  document.addEventListener("connection-lost", () => connected("requests", false)); // said by the front door
  document.addEventListener("htmx:sse:after:connection", () => { connected("stream", true); askTheTime(); catchUp(); });
  document.addEventListener("htmx:sse:after:message", () => connected("stream", true));
  document.addEventListener("htmx:sse:error", () => connected("stream", false));
  window.addEventListener("offline", () => connected("requests", false));
  window.addEventListener("online", catchUp);

  tellTimes(document);
  setInterval(() => tellTimes(document), 15000);
})();
