(function () {
  "use strict";
  function all(selector, within) {
    return Array.prototype.slice.call((within || document).querySelectorAll(selector));
  }
  function wanted(text) {
    return text.toLowerCase().split(/\s+/).filter(Boolean);
  }
  function has(element, words) {
    var text = element.textContent.toLowerCase();
    return words.every(function (word) { return text.indexOf(word) >= 0; });
  }

  // What a link leads to is opened, with all around it.
  function reveal() {
    var target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (var element = target; element; element = element.parentElement) {
      if (element.tagName === "DETAILS") { element.open = true; }
    }
    if (target) { target.scrollIntoView(); }
  }
  window.addEventListener("hashchange", reveal);
  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest("a[href^='#']");
    if (link && link.getAttribute("href") === location.hash) { reveal(); }
  });
  reveal();

  // On paper, what is short is open.
  var opened = [];
  window.addEventListener("beforeprint", function () {
    opened = all("details[data-print]:not([open])");
    opened.forEach(function (details) { details.open = true; });
  });
  window.addEventListener("afterprint", function () {
    opened.forEach(function (details) { details.open = false; });
  });

  // Tables sort by a click on a heading, and long ones have a filter.
  function value(row, index) {
    var cell = row.cells[index];
    var sort = cell.getAttribute("data-sort");
    return sort === null ? cell.textContent.trim().toLowerCase() : sort === "" ? Infinity : Number(sort);
  }
  all("table.sortable").forEach(function (table) {
    var body = table.tBodies[0];
    all("thead th", table).forEach(function (heading, index) {
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = heading.textContent;
      heading.textContent = "";
      heading.appendChild(button);
      button.addEventListener("click", function () {
        var down = heading.getAttribute("aria-sort") === "ascending";
        all("thead th", table).forEach(function (other) { other.removeAttribute("aria-sort"); });
        heading.setAttribute("aria-sort", down ? "descending" : "ascending");
        var rows = Array.prototype.slice.call(body.rows).map(function (row, at) {
          return { row: row, at: at, value: value(row, index) };
        });
        rows.sort(function (a, b) {
          var order = a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
          return (down ? -order : order) || a.at - b.at;
        });
        rows.forEach(function (one) { body.appendChild(one.row); });
      });
    });
    if (body.rows.length < 8) { return; }
    var label = document.createElement("label");
    label.className = "table-filter";
    label.textContent = "Filter";
    var input = document.createElement("input");
    input.type = "search";
    input.autocomplete = "off";
    label.appendChild(input);
    table.parentElement.parentElement.insertBefore(label, table.parentElement);
    input.addEventListener("input", function () {
      var words = wanted(input.value);
      Array.prototype.slice.call(body.rows).forEach(function (row) { row.hidden = !has(row, words); });
    });
  });

  // Findings by words and severity.
  var form = document.getElementById("filter");
  if (!form) { return; }
  form.hidden = false;
  var words = document.getElementById("filter-words");
  var severity = document.getElementById("filter-severity");
  var status = document.getElementById("filter-status");
  var topics = all("details.topic");
  function apply() {
    var text = wanted(words.value);
    var level = severity.value;
    var filters = text.length > 0 || level !== "";
    var shown = 0;
    topics.forEach(function (topic) {
      var head = topic.querySelector("summary").textContent + " " + topic.querySelector(".topic-head").textContent;
      var any = false;
      all("li.item", topic).forEach(function (item) {
        var both = (head + " " + item.textContent).toLowerCase();
        var fits = (!level || item.dataset.severity === level) &&
          text.every(function (word) { return both.indexOf(word) >= 0; });
        item.hidden = !fits;
        if (fits) { any = true; shown += 1; }
      });
      topic.hidden = !any;
      if (filters) { topic.open = any && shown <= 20; }
      all("details.more", topic).forEach(function (more) { if (filters) { more.open = true; } });
    });
    status.textContent = shown + (shown === 1 ? " finding" : " findings");
  }
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  words.addEventListener("input", apply);
  severity.addEventListener("change", apply);
}());
