// A zip without compression, made of the files of a folder: the engine then sees one thing.

const CRCS = new Uint32Array(256).map((_, at) => {
  let crc = at;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (CRCS[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** Folders in which nothing is looked for, whose files may be many. */
const SKIPPED = new Set([".git", ".sf", ".sfdx", "node_modules", "staticresources", "lwc"]);

/** Whether a file is given to the engine. */
export function isGiven(path: string): boolean {
  return !path.split("/").slice(0, -1).some((folder) => SKIPPED.has(folder));
}

/** The zip of these files. */
export function zip(files: { path: string; bytes: Uint8Array }[]): Uint8Array {
  const names = files.map(({ path }) => new TextEncoder().encode(path));
  const sum = (of: { length: number }[]) => of.reduce((all, it) => all + it.length, 0);
  const inBody = sum(files.map((it) => it.bytes)) + sum(names) + 30 * files.length;
  const out = new Uint8Array(inBody + sum(names) + 46 * files.length + 22);
  const view = new DataView(out.buffer);
  const crcs = files.map(({ bytes }) => crc32(bytes));
  const starts: number[] = [];
  let at = 0;
  // What both descriptions of a file hold, from the version that is needed on.
  const describe = (index: number, from: number) => {
    const size = (files[index] as { bytes: Uint8Array }).bytes.length;
    view.setUint16(from, 10, true);
    view.setUint16(from + 2, 0x0800, true);
    view.setUint16(from + 8, 0x21, true);
    view.setUint32(from + 10, crcs[index] as number, true);
    view.setUint32(from + 14, size, true);
    view.setUint32(from + 18, size, true);
    view.setUint16(from + 22, (names[index] as Uint8Array).length, true);
  };
  files.forEach(({ bytes }, index) => {
    const name = names[index] as Uint8Array;
    starts.push(at);
    view.setUint32(at, 0x04034b50, true);
    describe(index, at + 4);
    out.set(name, at + 30);
    out.set(bytes, at + 30 + name.length);
    at += 30 + name.length + bytes.length;
  });
  const directory = at;
  files.forEach((_, index) => {
    const name = names[index] as Uint8Array;
    view.setUint32(at, 0x02014b50, true);
    view.setUint16(at + 4, 10, true);
    describe(index, at + 6);
    view.setUint32(at + 42, starts[index] as number, true);
    out.set(name, at + 46);
    at += 46 + name.length;
  });
  // A count that does not fit is all ones, and readers count for themselves.
  const count = Math.min(files.length, 0xffff);
  view.setUint32(at, 0x06054b50, true);
  view.setUint16(at + 8, count, true);
  view.setUint16(at + 10, count, true);
  view.setUint32(at + 12, at - directory, true);
  view.setUint32(at + 16, directory, true);
  return out;
}
