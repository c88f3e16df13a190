// Enhancement only: every page works without this file.
(function () {
  "use strict";

  // One polite message, after half a second of quiet (never inside a swapped zone).
  var zone = document.getElementById("annonce");
  var timer = null;
  function announce(text) {
    if (!zone || !text) { return; }
    window.clearTimeout(timer);
    timer = window.setTimeout(function () { zone.textContent = text; }, 500);
  }

  // A swapped fragment says what to announce: <div data-announce="42 offres">.
  document.addEventListener("htmx:afterSettle", function (event) {
    // The element that came in: `detail.target` is the one it may have replaced.
    var target = event.target;
    if (!target.matches) { return; }
    var source = target.matches("[data-announce]") ? target : target.querySelector("[data-announce]");
    if (source) { announce(source.getAttribute("data-announce")); }
    if (document.activeElement === document.body) {
      var heading = target.querySelector("[tabindex='-1']");
      if (heading) { heading.focus(); }
    }
  });

  // What replaces a zone keeps what the reader opened and what they are typing there.
  document.addEventListener("htmx:oobBeforeSwap", function (event) {
    var zone = event.detail.target, fresh = event.detail.fragment;
    zone.querySelectorAll("details[id], input[type='text'][id], input:not([type])[id]").forEach(function (old) {
      var same = fresh.querySelector("#" + CSS.escape(old.id));
      if (!same) { return; }
      if (old.matches("details")) { same.open = old.open; }
      else if (old.value !== old.defaultValue) { same.value = old.value; }
    });
  });

  // A form sends once; the server's one-time token is the real guard.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post" || event.defaultPrevented || form.hasAttribute("hx-post")) { return; }
    if (form.dataset.sent === "1") { event.preventDefault(); return; }
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });

  // Copy a link: <button data-copy="https://…" data-copied="Lien copié">.
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-copy]");
    if (!button || !navigator.clipboard) { return; }
    navigator.clipboard.writeText(button.getAttribute("data-copy")).then(function () {
      announce(button.getAttribute("data-copied") || "Copié");
    });
  });

  // Print: <button data-print>.
  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-print]")) { window.print(); }
  });

  // Autofocus of the error summary also when the browser ignores it on a heading.
  var summary = document.querySelector("#resume-erreurs [autofocus]");
  if (summary) { summary.focus(); }

  window.market = { announce: announce };
})();
