// The end of the session, announced five minutes before (screens.md 6.7). Enhancement only: without it
// long forms state the length, and what is sent too late is kept.
(function () {
  "use strict";

  var ANNOUNCED = 300;
  var dialog = document.getElementById("fin-de-session");
  if (!dialog || !dialog.showModal) { return; }
  var form = dialog.querySelector("form");
  var keep = form.querySelector("button[type=submit]");
  var KEY = "market.session";
  var end = 0;
  var extendable = true;
  var timer = null;
  var announced = false;

  // Seconds, not dates, come from the server: the clock of this machine may be wrong.
  function set(left, more) {
    end = Date.now() + left * 1000;
    extendable = more;
    announced = false;
    try { window.localStorage.setItem(KEY, JSON.stringify({ end: end, extendable: more })); } catch (e) { /* private mode */ }
    plan();
  }

  function plan() {
    window.clearTimeout(timer);
    var wait = end - Date.now() - (announced ? 0 : ANNOUNCED * 1000);
    timer = window.setTimeout(tick, Math.max(0, Math.min(wait, 2147483647)));
  }

  function tick() {
    if (Date.now() >= end) { show("over"); return; }
    if (end - Date.now() > ANNOUNCED * 1000) { plan(); return; }
    announced = true;
    show(extendable ? "1" : "0");
    plan();
  }

  function show(state) {
    dialog.querySelectorAll("[data-when]").forEach(function (text) { text.hidden = text.dataset.when !== state; });
    dialog.querySelectorAll("[data-end]").forEach(function (hour) {
      var date = new Date(end);
      hour.dateTime = date.toISOString();
      hour.textContent = date.getHours() + "\u00a0h\u00a0" + ("0" + date.getMinutes()).slice(-2);
    });
    keep.parentElement.hidden = state === "0" || state === "over";
    // The browser gives the focus back to where it was when the dialog closes.
    if (!dialog.open) { dialog.showModal(); }
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      credentials: "same-origin",
      headers: { "Accept": "application/json" }
    }).then(function (response) {
      // Led to the sign-in page: the session is over already.
      if (response.redirected) { show("over"); return null; }
      if (!response.ok) { throw new Error(String(response.status)); }
      return response.json();
    }).then(function (length) {
      if (!length) { return; }
      dialog.close();
      set(length.left, length.extendable);
      window.market.announce("Vous restez connecté.");
    }).catch(function () { show("failed"); }).then(function () { delete form.dataset.sent; });
  });
  dialog.querySelector("[data-close]").addEventListener("click", function () { dialog.close(); });

  // Another tab was used: its end is ours.
  window.addEventListener("storage", function (event) {
    if (event.key !== KEY || !event.newValue) { return; }
    var told = JSON.parse(event.newValue);
    if (told.end <= end) { return; }
    end = told.end;
    extendable = told.extendable;
    announced = false;
    if (dialog.open) { dialog.close(); }
    plan();
  });

  // Every answer of the server to this page put the end off too.
  ["htmx:afterRequest", "market:answered"].forEach(function (name) {
    document.addEventListener(name, function () {
      if (extendable && !dialog.open) { set(Number(dialog.dataset.left), extendable); }
    });
  });

  set(Number(dialog.dataset.left), dialog.dataset.extendable === "1");
})();
