// The page: takes what is dropped, runs commands on it in workers, shows and saves their output.

import { completing, type Name } from "./complete";
import { h, of } from "./dom";
import { MOST_BYTES, MOST_FILES, chosen, dropped, sorted, type Given } from "./drop";
import type { Input, Job, Ran } from "./job";
import { text } from "./text";
import * as views from "./views";

declare global {
  interface Window {
    /** What the build puts beside the page: the engine (gzip), the worker's code, and a sample (zip); the first and the last in base64. */
    sessionlintParts: { engine: string; worker: string; sample: string };
    /** One run, for tests. */
    sessionlintRun: (inputs: Input[], day: string, words: string[] | string) => Promise<Ran>;
  }
}

/** A project that can be asked. */
interface Project {
  /** The path that commands take. */
  path: string;
  input: Input;
}

const parts = window.sessionlintParts;
const state = {
  projects: [] as Project[],
  settings: [] as Given["settings"],
  current: 0,
  tab: "findings",
};

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (ch) => ch.charCodeAt(0));
}

let engine: Promise<WebAssembly.Module> | undefined;

function load(): Promise<WebAssembly.Module> {
  engine ??= (async () => {
    const plain = new Blob([bytesOf(parts.engine)]).stream().pipeThrough(new DecompressionStream("gzip"));
    return WebAssembly.compile(await new Response(plain).arrayBuffer());
  })();
  return engine;
}

/** What ends a run before it is done. */
let stop: (() => void) | undefined;
/** One run after the other: each takes the memory of a project. */
let queue: Promise<unknown> = Promise.resolve();
/** Runs of an older generation are not begun. */
let generation = 0;

class Cancelled extends Error {}

function runIn(job: Job): Promise<Ran> {
  const address = URL.createObjectURL(new Blob([parts.worker], { type: "text/javascript" }));
  const worker = new Worker(address);
  return new Promise<Ran>((done, failed) => {
    stop = () => failed(new Cancelled());
    worker.onmessage = (message: MessageEvent<Ran>) => done(message.data);
    worker.onerror = (event) => {
      event.preventDefault();
      done({ exit: -1, out: new ArrayBuffer(0), err: "", fault: event.message || text.failed });
    };
    worker.postMessage(job);
  }).finally(() => {
    stop = undefined;
    worker.terminate();
    URL.revokeObjectURL(address);
  });
}

function run(inputs: Input[], words: string[] | string, day = dayOf()): Promise<Ran> {
  const mine = generation;
  if (inputs.length && typeof words !== "string") words = [words[0] ?? "", ...memoryFor(inputs), ...words.slice(1)];
  const ran = queue.then(async () => {
    if (mine !== generation) throw new Cancelled();
    const engine = await load();
    if (mine !== generation) throw new Cancelled();
    return runIn({ engine, inputs, day, words });
  });
  queue = ran.catch(() => {});
  return ran;
}

window.sessionlintRun = (inputs, day, words) => run(inputs, words, day);

function cancelAll(): void {
  generation++;
  stop?.();
}

function dayOf(): string {
  return of<HTMLInputElement>("day").value || today();
}

function today(): string {
  const now = new Date();
  const two = (number: number) => String(number).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

/** Says how a run goes on, and lets it be cancelled. */
async function watched<T>(name: string, work: Promise<T>): Promise<T> {
  const status = of("status");
  const began = performance.now();
  const seconds = () => Math.floor((performance.now() - began) / 1000);
  status.textContent = text.reading(name, 0);
  of("cancel").hidden = false;
  const timer = setInterval(() => (status.textContent = text.reading(name, seconds())), 1000);
  try {
    const done = await work;
    status.textContent = text.done(name, ((performance.now() - began) / 1000).toFixed(1));
    return done;
  } catch (error) {
    status.textContent = error instanceof Cancelled ? text.cancelled : "";
    throw error;
  } finally {
    clearInterval(timer);
    of("cancel").hidden = true;
  }
}

/** The words that every command about a project takes. */
function common(isPresetTaken: boolean): string[] {
  const words = ["--as-of", dayOf()];
  const config = state.settings.find((it) => it.name.endsWith(".toml"));
  if (config) words.push("--config", config.name);
  const takesRules = isPresetTaken && state.settings.some((it) => it.name.endsWith(".md"));
  if (takesRules) words.push("--rules", "rules");
  const preset = of<HTMLSelectElement>("preset").value;
  if (isPresetTaken && preset) words.push("--preset", preset);
  return words;
}

/** What an instance of the engine can hold, with some room for what is not counted, and the most that is counted; in MiB. */
const HOLDS = 3500;
const MOST_MEMORY = 3072;
const LEAST_MEMORY = 256;

const sizeOf = ({ zip, files }: Input) => zip?.size ?? files?.reduce((bytes, { file }) => bytes + file.size, 0) ?? 0;

/** How much memory a run on these inputs may use for reading: the zips lie in the same memory. */
function memoryFor(inputs: Input[]): string[] {
  const taken = inputs.reduce((bytes, input) => bytes + sizeOf(input), 0) / 1024 / 1024;
  const left = Math.max(LEAST_MEMORY, Math.min(MOST_MEMORY, Math.floor(HOLDS - taken)));
  return ["--max-memory", `${left}MiB`];
}

/** The inputs of a run about these projects. */
function inputsFor(...projects: Project[]): Input[] {
  const settings = state.settings.map(({ name, file }): Input => ({
    name: name.endsWith(".md") ? `rules/local/${name}` : name,
    zip: file,
  }));
  return [...new Set(projects.map((it) => it.input)), ...settings];
}

/** Shows a run's words beside its answer, or why there is none; gives the answer's text. */
function answerOf(ran: Ran, into: HTMLElement): string | undefined {
  into.replaceChildren();
  const messages = ran.err.trim();
  if (ran.fault) {
    into.append(h("p", { class: "notice error", role: "alert" }, text.broken(ran.fault)));
    return undefined;
  }
  const out = new TextDecoder().decode(ran.out);
  if (ran.exit >= 2 && !out) {
    into.append(h("pre", { class: "notice error", role: "alert" }, messages || text.failed));
    return undefined;
  }
  // What is wrong with the answer is not folded away.
  const errors = messages.split("\n").filter((line) => line.startsWith("error: "));
  if (errors.length) into.append(h("pre", { class: "notice error", role: "alert" }, errors.join("\n"), messages.includes("--max-memory") ? `\n${text.tooLarge}` : ""));
  if (messages) into.append(h("details", { class: "more" }, h("summary", {}, text.notices), h("pre", {}, messages)));
  return out;
}

function project(): Project | undefined {
  return state.projects[state.current];
}

/** What a tab shows, by its name. */
const tabs: Record<string, (it: Project, into: HTMLElement) => Promise<void> | void> = {
  findings: (it, into) =>
    ask(it, ["check", it.path, "--format", "sarif"], true, into, (out) => views.findings(JSON.parse(out))),
  sessions: (it, into) =>
    ask(it, ["sessions", it.path, "--format", "json"], false, into, (out) => views.sessions(JSON.parse(out))),
  integrations: (it, into) =>
    ask(it, ["sessions", it.path, "--format", "json"], false, into, (out) => views.integrations(JSON.parse(out))),
  report: (it, into) =>
    ask(it, ["report", it.path], true, into, (out) => {
      // The page that `report` writes, in a frame that can do nothing but show it.
      return h("iframe", { title: text.reportTitle, sandbox: "allow-scripts allow-popups", srcdoc: out });
    }),
  calendar: (it, into) =>
    ask(it, ["calendar", it.path, "--format", "json"], false, into, (out) => views.calendar(JSON.parse(out))),
  diagnose,
  query,
  compare,
  save,
};

async function ask(
  it: Project,
  words: string[],
  isPresetTaken: boolean,
  into: HTMLElement,
  show: (out: string) => HTMLElement,
): Promise<void> {
  const [command, ...rest] = words as [string, ...string[]];
  const ran = await watched(it.path, run(inputsFor(it), [command, ...common(isPresetTaken), ...rest]));
  const out = answerOf(ran, into);
  if (out !== undefined) into.append(show(out));
}

/** A command's text for people, as it is. */
const asText = (out: string) => h("pre", { tabindex: "0" }, out);

function form(label: string, input: HTMLElement, go: string, submit: () => Promise<void>, around = input): HTMLFormElement {
  const id = input.id;
  return h(
    "form",
    {
      onsubmit: (event: Event) => {
        event.preventDefault();
        submit().catch(failed);
      },
    },
    h("label", { for: id }, label),
    around,
    h("button", { type: "submit" }, go),
  );
}

function diagnose(it: Project, into: HTMLElement): void {
  const words = h("textarea", { id: "symptom", rows: "3" });
  const answer = h("div");
  const go = () => {
    const symptom = words.value.trim();
    const about = symptom ? [`--symptom=${symptom}`] : [];
    return ask(it, ["diagnose", it.path, ...about], false, answer, asText);
  };
  into.append(form(text.diagnoseLabel, words, text.diagnoseGo, go), h("p", { class: "soft small" }, text.diagnoseAll), answer);
}

/** Lists of names of the engine's schema, each asked for once. */
const listed = new Map<string, Promise<Name[]>>();

function listOnce(words: string[], name: (row: Record<string, string>) => Name): Promise<Name[]> {
  const key = words.join(" ");
  const known = listed.get(key);
  if (known) return known;
  const names = run([], ["query", ...words, "--format", "json"]).then((ran) => {
    if (ran.fault) throw new Error(text.broken(ran.fault));
    const out = new TextDecoder().decode(ran.out);
    return out ? (JSON.parse(out) as Record<string, string>[]).map(name) : [];
  });
  // Asked again where it was cancelled.
  names.catch(() => listed.delete(key));
  listed.set(key, names);
  return names;
}

const namesOfTables = () =>
  listOnce(["--tables"], (row) => ({ name: row.table ?? "", about: text.queryTable(Number(row.columns)), meaning: "" }));

const namesOfColumns = (table: string) =>
  listOnce(["--columns", table], (row) => ({ name: row.column ?? "", about: row.holds ?? "", meaning: row.meaning ?? "" }));

async function query(it: Project, into: HTMLElement): Promise<void> {
  const soql = h("textarea", { id: "soql", rows: "4", spellcheck: "false" });
  soql.value = text.queryStart;
  const answer = h("div");
  const go = () =>
    ask(it, ["query", "--format", "json", "--", soql.value, it.path], false, answer, (out) =>
      views.rows(JSON.parse(out), text.queryLabel),
    );
  const tables = h("div");
  const around = completing(soql, { tables: namesOfTables, columns: namesOfColumns });
  into.append(form(text.queryLabel, soql, text.queryGo, () => go(), around), h("p", { class: "soft small" }, text.queryHint), answer, tables);
  const names = (await namesOfTables()).map((it) => it.name);
  const columns = h("div");
  const showColumns = async (table: string) => {
    const ran = await run([], ["query", "--columns", table, "--format", "json"]);
    const out = answerOf(ran, columns);
    if (out !== undefined) columns.append(h("h3", {}, text.queryColumns(table)), views.rows(JSON.parse(out), table));
    const start = soql.selectionStart;
    soql.setRangeText(table, start, soql.selectionEnd, "end");
  };
  const buttons = names.map((name) => h("li", {}, h("button", { type: "button", class: "plain", onclick: () => showColumns(name).catch(failed) }, name)));
  tables.append(h("details", {}, h("summary", {}, text.queryTables), h("ul", { class: "tables" }, ...buttons), columns));
}

function compare(it: Project, into: HTMLElement): void {
  const others = state.projects.filter((other) => other !== it);
  if (!others.length) {
    into.append(h("p", {}, text.compareNeedsTwo));
    return;
  }
  const before = h("select", { id: "before" }, ...others.map((other) => h("option", {}, other.path)));
  const answer = h("div");
  const go = () => {
    const other = others[before.selectedIndex] as Project;
    const words = ["diff", other.path, it.path, ...common(true)];
    return watched(it.path, run(inputsFor(other, it), words)).then((ran) => {
      const out = answerOf(ran, answer);
      if (out !== undefined) answer.append(asText(out));
    });
  };
  into.append(h("p", {}, text.compareAfter(it.path)), form(text.compareLabel, before, text.compareGo, go), answer);
}

/** What can be saved: a command, the end of the file's name, its type. */
const SAVED: Record<string, [string[], string, string, boolean]> = {
  html: [["report"], "html", "text/html", true],
  reportMd: [["report", "--format", "markdown"], "report.md", "text/markdown", true],
  json: [["check", "--format", "json"], "json", "application/json", true],
  sarif: [["check", "--format", "sarif"], "sarif", "application/json", true],
  markdown: [["check", "--format", "markdown"], "md", "text/markdown", true],
  csv: [["check", "--format", "csv"], "csv", "text/csv", true],
  sessions: [["sessions", "--format", "csv"], "sessions.csv", "text/csv", false],
  ics: [["calendar", "--format", "ics"], "ics", "text/calendar", false],
  patch: [["check", "--diff"], "patch", "text/x-diff", true],
  unsafePatch: [["check", "--diff", "--unsafe-fixes"], "patch", "text/x-diff", true],
};

function save(it: Project, into: HTMLElement): void {
  const answer = h("div", { role: "status" });
  const stem = it.path.replace(/\.zip/gi, "").replaceAll("/", "-");
  const keep = (name: string, content: Blob) => {
    const address = URL.createObjectURL(content);
    h("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    answer.append(h("p", {}, text.saved(name)));
  };
  const button = (key: string) => {
    const [words, ending, type, isPresetTaken] = SAVED[key] as [string[], string, string, boolean];
    const [command, ...rest] = words as [string, ...string[]];
    // Paths of a patch start at the project's folder.
    const base = command === "check" && rest[0] === "--diff" ? ["--base", it.path] : [];
    const go = async () => {
      fixes.replaceChildren();
      const ran = await watched(it.path, run(inputsFor(it), [command, it.path, ...rest, ...base, ...common(isPresetTaken)]));
      const out = answerOf(ran, answer);
      if (out === undefined) return;
      if (!out) {
        answer.append(h("p", {}, text.nothingToFix));
        return;
      }
      keep(`${stem}.${ending}`, new Blob([ran.out], { type }));
    };
    return h("li", {}, h("button", { type: "button", onclick: () => void go().catch(failed) }, text.save[key] ?? key));
  };
  const fixes = h("div");
  /** Fixes the project in memory, and shows which files that changes beside the button that saves them. */
  const fix = async (more: string[]) => {
    answer.replaceChildren();
    const ran = await watched(it.path, run(inputsFor(it), ["check", it.path, "--fix", ...more, ...common(true)]));
    if (ran.fault || ran.exit === 2) return void answerOf(ran, fixes);
    const messages = h("pre", { tabindex: "0" }, ran.err.trim());
    if (ran.unfixed) return fixes.replaceChildren(h("p", { class: "notice error", role: "alert" }, ran.unfixed), messages);
    if (!ran.fixed) return fixes.replaceChildren(h("p", { role: "status" }, text.nothingToFix), messages);
    const { paths, zip } = ran.fixed;
    const save = h("button", { type: "button", onclick: () => (answer.replaceChildren(), keep(`${stem}.fixed.zip`, zip)) }, text.fixedSave(`${stem}.fixed.zip`));
    const names = paths.map((path) => h("li", {}, h("code", {}, path)));
    fixes.replaceChildren(h("p", { role: "status" }, text.fixedFiles(paths.length)), h("ul", {}, ...names), h("p", {}, save), messages);
  };
  const fixButton = (label: string, more: string[]) =>
    h("li", {}, h("button", { type: "button", onclick: () => void fix(more).catch(failed) }, label));
  into.append(
    h("ul", { class: "saves" }, ...Object.keys(SAVED).map(button)),
    h("p", { class: "soft small" }, text.savePatchNote),
    h("ul", { class: "saves" }, fixButton(text.fixedSafe, []), fixButton(text.fixedAll, ["--unsafe-fixes"])),
    h("p", { class: "soft small" }, text.fixedNote),
    fixes,
    answer,
  );
}

/** Shows the tab at hand for the project at hand, anew. */
async function show(): Promise<void> {
  const it = project();
  of("answer").hidden = !it;
  of("forget").hidden = !it && !state.settings.length;
  if (!it) return;
  for (const button of of("tabs").querySelectorAll<HTMLButtonElement>("[role=tab]")) {
    const isChosen = button.dataset.tab === state.tab;
    button.setAttribute("aria-selected", String(isChosen));
    button.tabIndex = isChosen ? 0 : -1;
  }
  const panel = of("panel");
  panel.setAttribute("aria-labelledby", `tab-${state.tab}`);
  const into = h("div");
  panel.replaceChildren(h("h2", {}, text.tabs[state.tab] ?? ""), into);
  await tabs[state.tab]?.(it, into);
}

function failed(error: unknown): void {
  if (error instanceof Cancelled) return;
  of("messages").replaceChildren(h("p", { class: "notice error", role: "alert" }, error instanceof Error ? error.message : String(error)));
}

function showAgain(): void {
  cancelAll();
  show().catch(failed);
}

/** Takes what was given, and shows the first project of it. */
async function take(given: Given): Promise<void> {
  cancelAll();
  const messages = of("messages");
  messages.replaceChildren();
  for (const setting of given.settings) {
    state.settings = [...state.settings.filter((it) => it.name !== setting.name && !(it.name.endsWith(".toml") && setting.name.endsWith(".toml"))), setting];
  }
  if (!given.projects.length && !given.settings.length) messages.append(h("p", { class: "notice error", role: "alert" }, text.noFiles));
  const before = state.projects.length;
  for (const input of given.projects) {
    if ((input.files?.length ?? 0) > MOST_FILES) {
      messages.append(h("p", { class: "notice error", role: "alert" }, text.tooMany(input.name, MOST_FILES)));
      continue;
    }
    if (sizeOf(input) > MOST_BYTES) {
      messages.append(h("p", { class: "notice error", role: "alert" }, text.tooManyBytes(input.name, sizeOf(input), MOST_BYTES)));
      continue;
    }
    const names = new Set(state.projects.map((it) => it.input.name));
    for (let number = 2; names.has(input.name); number++) input.name = input.name.replace(/( \d+)?(\.zip)?$/i, ` ${number}$2`);
    const ran = await watched(input.name, run([input], input.name));
    const aside = h("div");
    const out = answerOf(ran, aside);
    messages.append(aside);
    for (const path of out?.split("\n").filter(Boolean) ?? []) state.projects.push({ path, input });
  }
  if (state.projects.length > before) state.current = before;
  const choice = of<HTMLSelectElement>("project");
  choice.replaceChildren(...state.projects.map((it) => h("option", {}, it.path)));
  choice.selectedIndex = state.current;
  const settings = of("settings");
  settings.textContent = state.settings.length ? text.settings(state.settings.map((it) => it.name)) : "";
  await show();
}

function begin(): void {
  const doc = document;
  doc.title = text.title;
  of("title").textContent = text.title;
  of("lead").textContent = text.lead;
  of("privacy").textContent = text.privacy;
  of("drop-here").textContent = text.dropHere;
  of("drop-more").textContent = text.dropMore;
  of("try").textContent = text.tryIt;
  of("forget").textContent = text.forget;
  of("cancel").textContent = text.cancel;
  for (const [id, label] of [["files", text.chooseFiles], ["folder", text.chooseFolder], ["project", text.project], ["day", text.day], ["preset", text.preset]] as const) {
    of(`${id}-label`).textContent = label;
  }
  of("preset").append(...Object.entries(text.presets).map(([value, label]) => h("option", { value }, label)));
  of<HTMLInputElement>("day").value = today();
  const list = of("tabs");
  for (const [tab, label] of Object.entries(text.tabs)) {
    const choose = () => {
      state.tab = tab;
      showAgain();
    };
    list.append(h("button", { type: "button", role: "tab", id: `tab-${tab}`, "data-tab": tab, "aria-controls": "panel", onclick: choose }, label));
  }
  list.addEventListener("keydown", (event) => {
    const all = [...list.querySelectorAll<HTMLButtonElement>("[role=tab]")];
    const at = all.indexOf(doc.activeElement as HTMLButtonElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    all[(to + all.length) % all.length]?.focus();
  });
  for (const id of ["files", "folder"]) {
    const input = of<HTMLInputElement>(id);
    input.addEventListener("change", () => {
      take(sorted(chosen(input.files as FileList))).catch(failed);
      input.value = "";
    });
  }
  const zone = doc.body;
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    of("drop").classList.add("over");
  });
  zone.addEventListener("dragleave", () => of("drop").classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    of("drop").classList.remove("over");
    if (event.dataTransfer) dropped(event.dataTransfer).then(sorted).then(take).catch(failed);
  });
  of("try").addEventListener("click", () => {
    take({ projects: [{ name: "leaky-org.zip", zip: new Blob([bytesOf(parts.sample)]) }], settings: [] }).catch(failed);
  });
  of("cancel").addEventListener("click", cancelAll);
  of("forget").addEventListener("click", () => {
    cancelAll();
    Object.assign(state, { projects: [], settings: [], current: 0, tab: "findings" });
    for (const id of ["panel", "messages", "settings", "status"]) of(id).replaceChildren();
    show().catch(failed);
    of("files").focus();
  });
  of<HTMLSelectElement>("project").addEventListener("change", (event) => {
    state.current = (event.target as HTMLSelectElement).selectedIndex;
    showAgain();
  });
  for (const id of ["day", "preset"]) of(id).addEventListener("change", showAgain);
  load().catch((error) => failed(new Error(text.noEngine(String(error)))));
}

begin();
