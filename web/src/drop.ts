// What was dropped or chosen: zips, folders, settings, rule pages.

import type { Input } from "./job";
import { isGiven, isOfProject } from "./zip";

/** More files than this a zip without its 64-bit form cannot hold. */
export const MOST_FILES = 65_000;

/** A browser reads no larger file at once, in bytes. */
export const MOST_BYTES = 2_000_000_000;

/** What a person gave. */
export interface Given {
  projects: Input[];
  /** The configuration and the rule pages. */
  settings: { name: string; file: Blob }[];
}

interface Loose {
  path: string;
  file: File;
}

/** The files of what was dropped; folders are walked. */
export async function dropped(data: DataTransfer): Promise<Loose[]> {
  // Entries are gone after the first wait.
  const entries = [...data.items].map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  const found: Loose[] = [];
  for (const entry of entries) {
    if (entry instanceof File) found.push({ path: entry.name, file: entry });
    else if (entry) await walk(entry, found);
  }
  return found;
}

async function walk(entry: FileSystemEntry, found: Loose[]): Promise<void> {
  const path = entry.fullPath.replace(/^\//, "");
  if (entry.isFile) {
    const file = await new Promise<File>((done, failed) => (entry as FileSystemFileEntry).file(done, failed));
    found.push({ path, file });
    return;
  }
  if (!isOfProject(`${path}/x`)) return;
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((done, failed) => reader.readEntries(done, failed));
    if (!some.length) return;
    for (const inner of some) await walk(inner, found);
  }
}

/** The files that a file input holds. */
export function chosen(files: FileList): Loose[] {
  return [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/** A name that a command takes for a path. */
function safe(name: string): string {
  return name.replace(/[\\/\0]/g, "_").replace(/^[-.]+/, "_") || "project";
}

/** Sorts files into projects and settings. */
export function sorted(files: Loose[]): Given {
  const given: Given = { projects: [], settings: [] };
  const folders = new Map<string, Required<Pick<Input, "files" | "aside">>>();
  for (const { path, file } of files) {
    const slash = path.indexOf("/");
    if (slash < 0 && /\.zip$/i.test(path)) given.projects.push({ name: safe(path), zip: file });
    else if (slash < 0 && /\.(toml|md)$/i.test(path)) given.settings.push({ name: safe(path), file });
    else if (isOfProject(path)) {
      const [folder, below] = slash < 0 ? ["files", path] : [path.slice(0, slash), path.slice(slash + 1)];
      if (!folders.has(folder)) folders.set(folder, { files: [], aside: [] });
      folders.get(folder)?.[isGiven(path) ? "files" : "aside"].push({ path: below, file });
    }
  }
  for (const [folder, held] of folders) given.projects.push({ name: safe(folder), ...held });
  return given;
}
