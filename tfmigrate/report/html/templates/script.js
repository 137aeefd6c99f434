(function () {
  "use strict";
  document.documentElement.classList.add("js");

  document.querySelectorAll(".code").forEach(function (box) {
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.addEventListener("click", function () {
      var text = box.querySelector("pre").textContent;
      var done = function () {
        button.textContent = "Copied";
        setTimeout(function () { button.textContent = "Copy"; }, 1500);
      };
      var select = function () {
        window.getSelection().selectAllChildren(box.querySelector("pre"));
        if (document.execCommand("copy")) { done(); }
      };
      if (navigator.clipboard) { navigator.clipboard.writeText(text).then(done, select); } else { select(); }
    });
    box.appendChild(button);
  });

  // On a narrow screen a wide drawing starts where it matters.
  document.querySelectorAll("svg.wide line.first").forEach(function (line) {
    var box = line.closest(".scroll");
    var at = line.getBoundingClientRect().left - box.getBoundingClientRect().left;
    box.scrollLeft = Math.max(0, at - box.clientWidth / 2);
  });

  var query = document.getElementById("q");
  if (query) {
    var table = document.getElementById("entries");
    var rows = Array.prototype.slice.call(table.tBodies[0].rows);
    var texts = null;
    var waiting = 0;
    var read = function () {
      texts = rows.map(function (row) {
        var hashes = Array.prototype.map.call(row.querySelectorAll("abbr"), function (a) { return a.title; });
        return (row.textContent + " " + hashes.join(" ")).toLowerCase();
      });
    };
    var find = function () {
      waiting = 0;
      if (!texts) { read(); }
      var words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
      var hits = 0;
      rows.forEach(function (row, i) {
        var hit = words.every(function (word) { return texts[i].indexOf(word) >= 0; });
        if (row.hidden === hit) { row.hidden = !hit; }
        hits += hit;
      });
      if (words.length) { table.closest("details").open = true; }
      document.getElementById("hits").textContent = words.length
        ? hits.toLocaleString("en") + " of " + rows.length.toLocaleString("en") : "";
    };
    query.closest(".search").hidden = false;
    query.addEventListener("input", function () {
      if (!waiting) { waiting = requestAnimationFrame(find); }
    });
    var follow = function () {
      if (location.hash.indexOf("#q=") !== 0) { return; }
      try { query.value = decodeURIComponent(location.hash.slice(3)); } catch (e) { return; }
      find();
      document.getElementById("ledger").scrollIntoView();
    };
    window.addEventListener("hashchange", follow);
    follow();
  }

  var closed = [];
  window.addEventListener("beforeprint", function () {
    closed = Array.prototype.slice.call(document.querySelectorAll("details:not([open])"));
    closed.forEach(function (part) { part.open = true; });
  });
  window.addEventListener("afterprint", function () {
    closed.forEach(function (part) { part.open = false; });
  });
})();
