(function () {
  "use strict";
  var form = document.getElementById("filter");
  if (!form) { return; }
  form.hidden = false;
  var words = document.getElementById("filter-words");
  var severity = document.getElementById("filter-severity");
  var status = document.getElementById("filter-status");
  var topics = Array.prototype.slice.call(document.querySelectorAll("article.topic"));
  function apply() {
    var wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    var level = severity.value;
    var shown = 0;
    topics.forEach(function (topic) {
      var head = topic.querySelector(".topic-head").textContent.toLowerCase();
      var any = false;
      topic.querySelectorAll("li.item").forEach(function (item) {
        var text = head + " " + item.textContent.toLowerCase();
        var fits = (!level || item.dataset.severity === level) &&
          wanted.every(function (word) { return text.indexOf(word) >= 0; });
        item.hidden = !fits;
        if (fits) { any = true; shown += 1; }
      });
      topic.hidden = !any;
    });
    status.textContent = shown + (shown === 1 ? " finding shown" : " findings shown");
  }
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  words.addEventListener("input", apply);
  severity.addEventListener("change", apply);
}());
