// Completion in a query: names that fit, in a list at the caret.

import { h } from "./dom";
import { text } from "./text";

/** A name that a query may have. */
export interface Name {
  name: string;
  /** What it holds. */
  about: string;
  /** What that means. */
  meaning: string;
}

/** Where names come from. */
export interface Schema {
  tables(): Promise<Name[]>;
  columns(table: string): Promise<Name[]>;
}

/** A place where a name may be written. */
interface Place {
  /** Where its word begins. */
  start: number;
  /** What is typed of the word. */
  typed: string;
  /** Whether a table is named. */
  isTable: boolean;
  /** The table whose columns may be named, if it is known. */
  table: string | undefined;
}

/** Words that are answered from files; those that only an org takes are not offered. */
const WORDS =
  "SELECT FROM WHERE AND OR NOT IN LIKE INCLUDES EXCLUDES GROUP BY HAVING ORDER ASC DESC NULLS FIRST LAST LIMIT OFFSET NULL TRUE FALSE COUNT COUNT_DISTINCT MIN MAX SUM AVG FIELDS ALL".split(
    " ",
  );

/** A query or a sub-select, or a parenthesis in one. */
interface Scope {
  around?: Scope;
  isSelect: boolean;
  table?: string;
}

/** The place at `caret`; nothing inside a text or a number. */
export function placeAt(query: string, caret: number): Place | undefined {
  let scope: Scope = { isSelect: true };
  let here = scope;
  let before = "";
  let previous = "";
  let word: { start: number; previous: string } | undefined;
  const select = (scope: Scope): Scope => (scope.isSelect || !scope.around ? scope : select(scope.around));
  for (const { 0: token, index: start } of query.matchAll(/'(?:[^'\\\n]|\\.)*'?|\w+|\S/g)) {
    const end = start + token.length;
    const isName = /^[A-Za-z_]/.test(token);
    if (start < caret && caret <= end) {
      if (isName) word = { start, previous };
      else if (/^\d/.test(token) || (token.startsWith("'") && (caret < end || !/^'.*'$/.test(token)))) return undefined;
    }
    if (token === "(") scope = { around: scope, isSelect: false };
    else if (token === ")") scope = scope.around ?? scope;
    else if (/^select$/i.test(token)) scope.isSelect = true;
    else if (/^from$/i.test(previous) && isName) select(scope).table = token;
    if (end <= caret) {
      here = scope;
      before = token;
    }
    previous = token;
  }
  const { start, previous: last } = word ?? { start: caret, previous: before };
  return { start, typed: query.slice(start, caret), isTable: /^from$/i.test(last), table: select(here).table };
}

const beginsWith = ({ name }: Name, typed: string) => name.toLowerCase().startsWith(typed.toLowerCase());

/** The names that fit what is typed: first those that begin so. */
function fitting(names: Name[], typed: string): Name[] {
  const found = names.filter((it) => it.name.toLowerCase().includes(typed.toLowerCase()));
  return [...found.filter((it) => beginsWith(it, typed)), ...found.filter((it) => !beginsWith(it, typed))];
}

async function offered(place: Place, schema: Schema): Promise<Name[]> {
  if (place.isTable) return fitting(await schema.tables(), place.typed);
  const columns = place.table ? await schema.columns(place.table) : [];
  const words = WORDS.map((name) => ({ name, about: text.queryWord, meaning: "" }));
  return fitting(place.typed ? [...columns, ...words.filter((it) => beginsWith(it, place.typed))] : columns, place.typed);
}

/** How many letters open the list by themselves; after FROM none are needed. */
const ENOUGH = 1;

/** The text area with a list of names that fit, by keyboard and pointer. */
export function completing(area: HTMLTextAreaElement, schema: Schema): HTMLElement {
  const id = `${area.id}-names`;
  const list = h("ul", { id, role: "listbox", "aria-label": text.queryNames, class: "names", hidden: true });
  const status = h("p", { role: "status", class: "unseen" });
  // A copy of the text up to the caret, to see where that is.
  const mark = h("span");
  const copy = h("div", { class: "copy", "aria-hidden": "true" });
  for (const [name, value] of [["aria-autocomplete", "list"], ["aria-haspopup", "listbox"], ["aria-controls", id], ["autocomplete", "off"], ["autocapitalize", "off"]] as const) {
    area.setAttribute(name, value);
  }
  let place: Place | undefined;
  let chosen = -1;
  /** Only the last request opens a list. */
  let requests = 0;

  const close = () => {
    requests++;
    list.hidden = true;
    list.replaceChildren();
    status.textContent = "";
    area.removeAttribute("aria-activedescendant");
  };
  const choose = (index: number) => {
    const options = [...list.children];
    chosen = index < 0 ? index : (index + options.length) % options.length;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
    const option = options[chosen];
    if (!option) return area.removeAttribute("aria-activedescendant");
    area.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };
  const take = (name: string) => {
    const { start } = place as Place;
    const end = start + (/^\w*/.exec(area.value.slice(start))?.[0].length ?? 0);
    area.focus();
    area.setSelectionRange(start, end);
    // As if it was typed, so that it can be undone; where a browser has no such command, the text is set.
    if (!document.execCommand("insertText", false, name)) area.setRangeText(name, start, end, "end");
    close();
  };
  const putAtCaret = (start: number) => {
    copy.replaceChildren(area.value.slice(0, start), mark);
    mark.textContent = area.value.slice(start) || ".";
    const line = parseFloat(getComputedStyle(area).lineHeight);
    const { offsetLeft, offsetTop } = mark;
    // The mark may go on over lines: where it begins counts.
    list.style.top = `${area.offsetTop + Math.min(offsetTop - area.scrollTop + line, area.offsetHeight)}px`;
    list.style.left = "0px";
    list.hidden = false;
    list.style.left = `${Math.max(0, Math.min(area.offsetLeft + offsetLeft, area.offsetWidth - list.offsetWidth))}px`;
  };
  const open = async (isWanted: boolean) => {
    const mine = ++requests;
    const at = area.selectionStart === area.selectionEnd ? placeAt(area.value, area.selectionStart) : undefined;
    if (!at || (!isWanted && !at.isTable && at.typed.length < ENOUGH)) return close();
    const names = await offered(at, schema);
    if (mine !== requests) return;
    const isWhole = names.some((it) => it.name.toLowerCase() === at.typed.toLowerCase());
    if (!names.length || (isWhole && names.length === 1 && !isWanted)) return close();
    place = at;
    list.replaceChildren(
      ...names.map(({ name, about, meaning }, index) => {
        // The text keeps the focus.
        const stay = (event: Event) => event.preventDefault();
        const parts = [h("code", {}, name), " ", h("span", { class: "soft" }, about), meaning && h("span", { class: "meaning soft" }, meaning)];
        return h("li", { role: "option", id: `${id}-${index}`, "aria-selected": "false", onmousedown: stay, onclick: () => take(name) }, ...parts);
      }),
    );
    status.textContent = text.queryOffered(names.length);
    putAtCaret(at.start);
    list.scrollTop = 0;
    // Where nothing is typed yet, or all of a name, Enter and Tab keep their meaning until one is chosen.
    choose(at.typed && !isWhole ? 0 : -1);
  };

  area.addEventListener("input", () => void open(false).catch(close));
  area.addEventListener("blur", close);
  area.addEventListener("click", close);
  area.addEventListener("scroll", close);
  area.addEventListener("keydown", (event) => {
    if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      void open(true).catch(close);
      return;
    }
    if (list.hidden || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    const name = list.children[chosen]?.querySelector("code")?.textContent;
    if (event.key === "Escape") close();
    else if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen < 0 ? list.children.length - 1 : (chosen - 1 + list.children.length) % list.children.length);
    else if ((event.key === "Enter" || event.key === "Tab") && name && !event.shiftKey) take(name);
    else {
      if (["ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown"].includes(event.key)) close();
      return;
    }
    event.preventDefault();
  });
  return h("div", { class: "completing" }, area, copy, list, status);
}
