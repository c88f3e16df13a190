// Saves a form while one types, through its own address and its own lock. Enhancement only: without this file
// the button saves, as ever. <form data-autosave="base"> names the hidden field of the lock; an element with
// [data-autosave-status] inside says where it stands.
(function () {
  "use strict";

  var QUIET = 1500;
  var LONGEST = 10000;
  var RETRY = 10000;
  var SILENT = "Non enregistré : le service n’a pas répondu. Votre texte reste à l’écran, un nouvel essai suit.";
  var OVER = "Non enregistré : votre session est terminée. Votre texte reste à l’écran. Enregistrez avec le bouton : il est gardé pendant que vous vous reconnectez.";
  var MOVED = "Non enregistré : l’état a changé depuis l’ouverture de la page. Copiez votre texte, puis rechargez.";

  function start(form) {
    var line = form.querySelector("[data-autosave-status]");
    var lock = form.elements[form.dataset.autosave];
    if (!line || !lock || !window.fetch || !window.FormData) { return; }
    var timer = null, since = 0, flying = false, stopped = false, held = null;
    var kept = typed();

    // Files go with the button; the one-time token is the button's too.
    function body() {
      var data = new FormData(form);
      data.delete("_once");
      form.querySelectorAll("input[type=file]").forEach(function (input) { data.delete(input.name); });
      return data;
    }

    function typed() {
      var data = body();
      data.delete(lock.name);
      data.delete("csrfmiddlewaretoken");
      return new URLSearchParams(data).toString();
    }

    // Told in the page's one polite zone too; the same words are not said twice.
    function say(text, failed) {
      if (line.textContent !== text) {
        line.textContent = text;
        window.market.announce(text);
      }
      line.classList.toggle("market-autosave--failed", Boolean(failed));
    }

    function plan(wait) {
      window.clearTimeout(timer);
      if (!stopped) { timer = window.setTimeout(save, wait); }
    }

    function changed() {
      if (!since) { since = Date.now(); }
      plan(Math.max(0, Math.min(QUIET, since + LONGEST - Date.now())));
    }

    function save() {
      window.clearTimeout(timer);
      var sent = typed();
      if (flying || stopped || held) { return; }
      // Back to what is saved already: a refusal told meanwhile is over.
      if (sent === kept) {
        since = 0;
        if (line.classList.contains("market-autosave--failed")) { say("", false); }
        return;
      }
      flying = true;
      since = 0;
      fetch(form.action, {
        method: "POST",
        body: body(),
        credentials: "same-origin",
        redirect: "manual",
        headers: { "Accept": "application/json", "X-Autosave": "1" }
      }).then(function (response) { return read(response, sent); })
        .catch(function () { say(SILENT, true); plan(RETRY); })
        .then(landed);
    }

    function read(response, sent) {
      if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) {
        stopped = true;
        say(OVER, true);
        return null;
      }
      if (response.status >= 500 || response.status === 429) { throw new Error(String(response.status)); }
      var told = (response.headers.get("Content-Type") || "").indexOf("application/json") === 0;
      if (!told) {
        stopped = true;
        say(MOVED, true);
        return null;
      }
      return response.json().then(function (answer) {
        if (!answer.message) {
          stopped = true;
          say(MOVED, true);
          return;
        }
        if (response.ok) {
          lock.value = answer.lock;
          kept = sent;
          document.dispatchEvent(new Event("market:answered"));
        }
        stopped = response.status === 412;
        say(answer.message, !response.ok);
      });
    }

    // What was typed meanwhile is saved next; a button pressed meanwhile sends now, with the new lock.
    function landed() {
      flying = false;
      if (held) {
        var button = held.button;
        held = null;
        form.requestSubmit(button);
      } else if (since) { changed(); }
    }

    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
    form.addEventListener("submit", function (event) {
      window.clearTimeout(timer);
      if (!flying) { return; }
      event.preventDefault();
      held = { button: event.submitter || undefined };
    });
    // Another tab or another application: what is typed leaves at once.
    document.addEventListener("visibilitychange", function () {
      if (document.visibilityState === "hidden") { save(); }
    });
  }

  document.querySelectorAll("form[data-autosave]").forEach(start);
})();
