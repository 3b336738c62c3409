// From the JSON of `sessionlint sessions` to what the tree shows. Refuses to know the editor.

/** An entry of the tree. */
export interface Node {
  readonly label: string;
  /** What stands beside the label, in grey. */
  readonly description: string;
  readonly tooltip: string;
  readonly icon: string;
  /** The place that it leads to, below the project's folder; lines count from 1. */
  readonly place?: { readonly path: string; readonly line: number };
  readonly children: readonly Node[];
}

interface Decided {
  level?: string;
  path?: string | null;
  line?: number | null;
}

interface Sessions {
  org?: { minutes?: number | null; path?: string | null; line?: number | null };
  profiles?: {
    profile?: string;
    effectiveMinutes?: number | null;
    shortestMinutes?: number | null;
    decidedBy?: Decided | null;
  }[];
  apps?: {
    app?: string;
    kind?: string;
    integration?: boolean;
    reason?: string;
    sessionMinutes?: number | null;
    accessTokenMinutes?: number | null;
    /** Why some user may have a shorter one; omitted where none may. */
    usersDoubt?: string;
    renewal?: string | null;
    refreshToken?: string | null;
  }[];
}

/** The entries for one project; an unknown duration stays unknown. */
export function nodes(json: string): Node[] {
  const sessions = JSON.parse(json) as Sessions;
  const { org, profiles = [], apps = [] } = sessions;
  const found: Node[] = [];
  if (org !== undefined) {
    found.push({
      label: 'Org default',
      description: duration(org.minutes),
      tooltip: 'How long a session is valid where no profile and no app decides',
      icon: 'organization',
      ...place(org),
      children: [],
    });
  }
  found.push({
    label: 'Profiles',
    description: String(profiles.length),
    tooltip: 'How long a session of each profile is valid, and what decides it',
    icon: 'account',
    children: profiles.map((profile) => ({
      label: profile.profile ?? '',
      description: `${duration(profile.effectiveMinutes)}${decided(profile.decidedBy)}`,
      tooltip: shortest(profile),
      icon: 'person',
      ...place(profile.decidedBy ?? {}),
      children: [],
    })),
  });
  found.push({
    label: 'Apps',
    description: String(apps.length),
    tooltip: 'How long sessions and access tokens of apps are valid, and how they renew',
    icon: 'plug',
    children: apps.map((app) => ({
      label: app.app ?? '',
      description: [`${app.usersDoubt === undefined ? '' : 'at most '}${duration(app.accessTokenMinutes ?? app.sessionMinutes)}`, app.renewal ?? '']
        .filter((it) => it !== '')
        .join(', '),
      tooltip: `${app.kind ?? 'App'}${app.integration === true ? `, an integration: ${app.reason ?? ''}` : ''}`,
      icon: app.integration === true ? 'server-process' : 'browser',
      children: [],
    })),
  });
  return found;
}

/** Minutes in words: `15 min`, `2 h`, `1 h 30 min`. */
export function duration(minutes: number | null | undefined): string {
  if (minutes === null || minutes === undefined) {
    return 'unknown';
  }
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [hours > 0 ? `${hours} h` : '', rest > 0 || hours === 0 ? `${rest} min` : ''].filter((it) => it !== '').join(' ');
}

function decided(by: Decided | null | undefined): string {
  return by?.level === undefined ? '' : `, decided by ${by.level}`;
}

function shortest(profile: { effectiveMinutes?: number | null; shortestMinutes?: number | null }): string {
  const { effectiveMinutes: effective, shortestMinutes: least } = profile;
  const isShorter = typeof effective === 'number' && typeof least === 'number' && least < effective;
  return isShorter ? `through an app as little as ${duration(least)}` : `${duration(effective)} for every channel`;
}

function place(at: { path?: string | null; line?: number | null }): { place?: { path: string; line: number } } {
  return typeof at.path === 'string' ? { place: { path: at.path, line: at.line ?? 1 } } : {};
}
