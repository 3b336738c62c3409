// A zip without compression, made of the files of a folder: the engine then sees one thing.

import { zipSync } from "fflate";

/** Folders of tools, which are no part of a project. */
const OF_TOOLS = new Set([".git", ".sf", ".sfdx", "node_modules"]);
/** Folders in which nothing is looked for, whose files may be many. */
const UNREAD = new Set(["staticresources", "lwc"]);

const liesIn = (path: string, folders: Set<string>) => path.split("/").slice(0, -1).some((folder) => folders.has(folder));

/** Whether a file belongs to a project. */
export function isOfProject(path: string): boolean {
  return !liesIn(path, OF_TOOLS);
}

/** Whether a file of a project is given to the engine. */
export function isGiven(path: string): boolean {
  return !liesIn(path, UNREAD);
}

/** The zip of these files. */
export function zip(files: { path: string; bytes: Uint8Array }[]): Uint8Array {
  return zipSync(Object.fromEntries(files.map(({ path, bytes }) => [path, bytes])), { level: 0 });
}
