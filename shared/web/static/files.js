// Files of a form: checked as soon as they are chosen, listed, taken back one by one; what may not come is named with
// its reason and left out, the others stay. The server looks at the content and has the last word.
(() => {
  "use strict";

  const MEBIBYTE = 1048576;
  const figures = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
  const chosen = new WeakMap(); // the files of an input: choosing again adds to them

  function sized(bytes) {
    return bytes < MEBIBYTE ? `${figures.format(Math.max(bytes / 1024, 0.1))} kB` : `${figures.format(bytes / MEBIBYTE)} MB`;
  }

  function ending(file) {
    return file.name.match(/[^.]\.([^.]+)$/)?.[1].toLowerCase() ?? "";
  }

  function same(one, other) {
    return one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;
  }

  // Why a file may not come beside those before it: the words of the field, or nothing
  function fault(file, before, field) {
    const says = field.dataset;
    const kept = field.querySelectorAll("[data-kept]").length;
    const sum = before.reduce((bytes, each) => bytes + each.size, file.size);
    if (ending(file) && !says.endings.split(" ").includes(ending(file))) return says.saysType;
    if (!file.size) return says.saysEmpty;
    if (file.size > Number(says.each)) return says.saysEach;
    if (sum > Number(says.all)) return says.saysAll;
    return kept + before.length >= Number(says.most) ? says.saysMost : "";
  }

  function worded(words, file) {
    return words.replace("{name}", () => file.name).replaceAll("{kind}", `.${ending(file)}`);
  }

  function choose(input, files) {
    const field = input.closest("[data-files]");
    const refused = field.querySelector("[data-refused]");
    const good = [];
    refused.replaceChildren();
    files.forEach((file) => {
      const words = fault(file, good, field);
      if (!words) good.push(file);
      else refused.append(Object.assign(document.createElement("div"), { textContent: worded(words, file) }));
    });
    keep(input, good);
  }

  function keep(input, files) {
    const field = input.closest("[data-files]");
    const transfer = new DataTransfer();
    files.forEach((file) => transfer.items.add(file));
    chosen.set(input, files);
    input.files = transfer.files;
    field.querySelector("[data-chosen]").replaceChildren(...files.map((file) => {
      const row = field.querySelector("template").content.firstElementChild.cloneNode(true);
      row.querySelector("[data-name]").textContent = file.name;
      row.querySelector("[data-size]").textContent = sized(file.size);
      return row;
    }));
  }

  function takeBack(row) {
    const field = row.closest("[data-files]");
    const input = field.querySelector("input[type=file]");
    const place = [...field.querySelectorAll("[data-chosen] > li")].indexOf(row);
    if (place < 0) row.remove(); // kept by the server: no longer named
    else keep(input, chosen.get(input).filter((_, at) => at !== place));
    input.focus();
  }

  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!input.matches("[data-files] input[type=file]")) return;
    const before = chosen.get(input) ?? [];
    choose(input, [...before, ...[...input.files].filter((file) => !before.some((each) => same(each, file)))]);
  });

  document.addEventListener("click", (event) => {
    const takes = event.target.closest("[data-takes-back]");
    if (takes) takeBack(takes.closest("li"));
  });

  // A form that is only drawn again, for another site, keeps what was chosen; one that was sent has it from the server
  let carried = [];
  document.addEventListener("htmx:before:swap", (event) => {
    const form = event.target.closest?.("form");
    const asked = event.detail.ctx.request.method.toUpperCase() === "GET";
    carried = asked && form ? [...form.querySelectorAll("[data-files] input[type=file]")].map((input) => [form.id, input.name, chosen.get(input) ?? []]) : [];
  });
  document.addEventListener("htmx:after:swap", () => {
    carried.forEach(([id, name, files]) => {
      const input = document.getElementById(id)?.elements[name];
      if (input && files.length && !chosen.has(input)) choose(input, files);
    });
    carried = [];
  });
})();
