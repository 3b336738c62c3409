// A zip without compression, made of the files of a folder: the engine then sees one thing.

import { zipSync } from "fflate";

/** Folders in which nothing is looked for, whose files may be many. */
const SKIPPED = new Set([".git", ".sf", ".sfdx", "node_modules", "staticresources", "lwc"]);

/** Whether a file is given to the engine. */
export function isGiven(path: string): boolean {
  return !path.split("/").slice(0, -1).some((folder) => SKIPPED.has(folder));
}

/** The zip of these files. */
export function zip(files: { path: string; bytes: Uint8Array }[]): Uint8Array {
  return zipSync(Object.fromEntries(files.map(({ path, bytes }) => [path, bytes])), { level: 0 });
}
