// What the answers of commands look like. Each is made of the command's own output and adds no judgement.

import { h, table } from "./dom";
import { text } from "./text";

interface Location {
  physicalLocation: {
    artifactLocation: { uri: string };
    region?: { startLine: number; startColumn: number; snippet?: { text: string } };
  };
  message?: { text: string };
}

interface Result {
  ruleId: string;
  level: "error" | "warning" | "note";
  message: { text: string };
  locations: Location[];
  relatedLocations?: Location[];
  fixes?: { description: { text: string } }[];
  suppressions?: unknown[];
}

function where({ physicalLocation: { artifactLocation, region } }: Location): string {
  let path = artifactLocation.uri;
  try {
    path = decodeURIComponent(path);
  } catch {
    // As it is written.
  }
  return region ? `${path}:${region.startLine}:${region.startColumn}` : path;
}

function finding(result: Result): HTMLElement {
  const [place, ...others] = [...result.locations, ...(result.relatedLocations ?? [])];
  const region = result.locations[0]?.physicalLocation.region;
  const lines = region?.snippet?.text.split("\n") ?? [];
  const excerpt = lines.map((line, index) =>
    h("span", {}, h("span", { class: "number" }, String((region?.startLine ?? 1) + index)), line, "\n"),
  );
  const [title, ...rest] = result.message.text.split("\n");
  return h(
    "li",
    { class: "item" },
    h("h3", {}, h("span", { class: `chip ${result.level}` }, result.level), " ", h("code", {}, result.ruleId)),
    h("p", {}, title ?? ""),
    ...rest.filter(Boolean).map((line) => h("p", { class: "soft" }, line)),
    place && h("p", { class: "where" }, where(place)),
    excerpt.length > 0 && h("pre", { class: "excerpt" }, ...excerpt),
    ...(result.fixes ?? []).map((fix) => h("p", {}, h("strong", {}, `${text.fix}: `), fix.description.text)),
    others.length > 0 &&
      h(
        "details",
        { class: "more" },
        h("summary", {}, `${text.related} (${others.length})`),
        h("ul", {}, ...others.map((it) => h("li", {}, it.message ? `${it.message.text} ` : "", h("span", { class: "where" }, where(it))))),
      ),
  );
}

/** The findings of SARIF, the worst first, with a search. */
export function findings(sarif: { runs: { results: Result[] }[] }): HTMLElement {
  const order = ["error", "warning", "note"];
  const all = (sarif.runs[0]?.results ?? []).filter((it) => !it.suppressions?.length);
  all.sort((one, other) => order.indexOf(one.level) - order.indexOf(other.level));
  if (!all.length) return h("p", {}, text.noFindings);
  const numbers = order.map((level) => {
    const [one, many] = text.severities[level] as [string, string];
    const number = all.filter((it) => it.level === level).length;
    return h("li", {}, h("strong", {}, String(number)), number === 1 ? one : many);
  });
  const items = all.map(finding);
  const shown = h("span", { class: "soft", role: "status" });
  const search = h("input", {
    type: "search",
    oninput: () => {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      let count = 0;
      for (const item of items) {
        const has = words.every((word) => item.textContent?.toLowerCase().includes(word));
        item.hidden = !has;
        count += has ? 1 : 0;
      }
      shown.textContent = text.shown(count, items.length);
    },
  });
  return h(
    "div",
    {},
    h("ul", { class: "numbers" }, ...numbers),
    h("p", { class: "table-filter" }, h("label", {}, text.filter, search), " ", shown),
    h("ol", { class: "items" }, ...items),
  );
}

export interface Sessions {
  org: { minutes: number | null; forcedLogout: boolean | null; path: string | null; line: number | null };
  profiles: {
    profile: string;
    orgMinutes: number | null;
    profileMinutes: number | null;
    effectiveMinutes: number | null;
    decidedBy: { level: string; path: string | null; line: number | null } | null;
  }[];
  apps: {
    app: string;
    integration: boolean;
    tier: string;
    reason: string;
    accessTokenMinutes: number | null;
    refreshAtMinutes: number | null;
    usersDoubt?: string;
    renewal: string | null;
    refreshToken: string | null;
  }[];
}

const place = (path: string | null | undefined, line: number | null | undefined) => (path ? `${path}:${line ?? 1}` : "");
const known = (value: boolean | null) => (value === null ? text.unknown : value ? text.yes : text.no);

/** How long sessions of people last. */
export function sessions({ org, profiles }: Sessions): HTMLElement {
  const rows = profiles.map((it) => [
    it.profile,
    text.minutes(it.effectiveMinutes),
    it.decidedBy?.level ?? text.unknown,
    it.profileMinutes === null ? "" : text.minutes(it.profileMinutes),
    text.minutes(it.orgMinutes),
    h("span", { class: "where" }, place(it.decidedBy?.path, it.decidedBy?.line)),
  ]);
  return h(
    "div",
    {},
    h("h3", {}, text.org),
    h(
      "dl",
      {},
      h("dt", {}, text.orgTimeout),
      h("dd", {}, text.minutes(org.minutes), " ", h("span", { class: "where" }, place(org.path, org.line))),
      h("dt", {}, text.forcedLogout),
      h("dd", {}, known(org.forcedLogout)),
    ),
    h("h3", { class: "part" }, text.profileColumns[0] ?? ""),
    rows.length ? table(text.tabs.sessions ?? "", text.profileColumns, rows) : h("p", {}, text.noProfiles),
  );
}

/** When apps have to renew. */
export function integrations({ apps }: Sessions): HTMLElement {
  if (!apps.length) return h("p", {}, text.noApps);
  // Some user may have a shorter one.
  const most = (minutes: string, doubt: string | undefined) => (doubt === undefined ? minutes : text.atMost(minutes));
  const rows = apps.map((it) => [
    it.app,
    it.integration ? it.tier : text.no,
    most(text.minutes(it.accessTokenMinutes), it.usersDoubt),
    it.refreshAtMinutes === null ? "" : most(text.minutes(it.refreshAtMinutes), it.usersDoubt),
    it.renewal ?? text.unknown,
    it.refreshToken ?? text.unknown,
    it.reason,
  ]);
  return table(text.tabs.integrations ?? "", text.appColumns, rows);
}

export interface Calendar {
  events: {
    when: string;
    daysLeft: number | null;
    what: string;
    source: string;
    doubt: string | null;
    places: { path: string; line: number; text: string }[];
  }[];
}

/** The dated changes that concern the project. */
export function calendar({ events }: Calendar): HTMLElement {
  if (!events.length) return h("p", {}, text.noDates);
  const rows = events.map((it) => [
    it.when,
    it.daysLeft === null ? "" : String(it.daysLeft),
    h("span", {}, it.what, it.doubt && h("span", { class: "soft" }, ` ${it.doubt}`)),
    h("ul", { class: "where" }, ...it.places.map((at) => h("li", {}, `${at.text} (${place(at.path, at.line)})`))),
    it.source,
  ]);
  return table(text.tabs.calendar ?? "", text.calendarColumns, rows);
}

/** The rows of a query. */
export function rows(answer: Record<string, unknown>[], label: string): HTMLElement {
  const columns = Object.keys(answer[0] ?? {});
  const cell = (value: unknown) => (value === null ? "" : Array.isArray(value) ? value.join("; ") : String(value));
  const body = answer.map((row) => columns.map((column) => cell(row[column])));
  return h("div", {}, h("p", { class: "soft" }, text.queryRows(answer.length)), answer.length > 0 && table(label, columns, body));
}
