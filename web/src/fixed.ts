// A zip with some files changed. What is not changed is not unpacked: its bytes are taken over as they lie.

import { Zip, ZipDeflate, zipSync } from "fflate";
import { text } from "./text";

/** New bytes of files, by their paths in the zip. */
export type Changed = Map<string, Uint8Array<ArrayBuffer>>;

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
/** Instead of a number that stands in the 64-bit form. */
const ELSEWHERE = 0xffffffff;
/** Beyond this a zip without its 64-bit form holds no more files. */
const MOST_ENTRIES = 65_534;
/** A part of a zip that is made is about so large, in bytes. */
const PART = 16 * 1024 * 1024;
/** The upper half of the code page that names are in without a flag. */
const CP437 =
  "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const bytesOf = async (blob: Blob) => new Uint8Array(await blob.arrayBuffer());

function odd(): never {
  throw new Error(text.fixedOdd);
}

/** The paths that a name may mean, as the engine writes them. */
function paths(name: Uint8Array, isUtf8: boolean): string[] {
  const found = [];
  try {
    found.push(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(name));
  } catch {
    // Not in that encoding.
  }
  if (!isUtf8) found.push(Array.from(name, (byte) => (byte < 128 ? String.fromCharCode(byte) : CP437[byte - 128])).join(""));
  return found.map((path) =>
    path
      .replaceAll("\\", "/")
      .split("/")
      .filter((part) => part && part !== ".")
      .join("/"),
  );
}

/** An entry of the directory: where it stands there, and where its file begins. */
interface Entry {
  at: number;
  length: number;
  offset: number;
  /** Where that stands in the 64-bit form, if it does. */
  offset64: number | undefined;
}

function entryAt(view: DataView, at: number): Entry {
  if (at + 46 > view.byteLength || view.getUint32(at, true) !== CENTRAL) odd();
  const [name, extra, comment] = [28, 30, 32].map((it) => view.getUint16(at + it, true)) as [number, number, number];
  const length = 46 + name + extra + comment;
  if (at + length > view.byteLength) odd();
  const offset = view.getUint32(at + 42, true);
  if (offset !== ELSEWHERE) return { at, length, offset, offset64: undefined };
  for (let field = at + 46 + name; field + 4 <= at + 46 + name + extra; field += 4 + view.getUint16(field + 2, true)) {
    if (view.getUint16(field, true) !== 1) continue;
    // Only the numbers that stand here are in it, in this order.
    const others = [24, 20].filter((it) => view.getUint32(at + it, true) === ELSEWHERE).length;
    const offset64 = field + 4 + 8 * others;
    if (offset64 + 8 <= view.byteLength) return { at, length, offset: Number(view.getBigUint64(offset64, true)), offset64 };
  }
  return odd();
}

/** The end of a zip: where its directory lies, and what follows that. */
async function endOf(zip: Blob): Promise<{ start: number; size: number; tail: Uint8Array<ArrayBuffer>; isWide: boolean }> {
  const from = Math.max(0, zip.size - 22 - 0xffff);
  const last = await bytesOf(zip.slice(from));
  const view = viewOf(last);
  let at = last.length - 22;
  while (at >= 0 && !(view.getUint32(at, true) === END && at + 22 + view.getUint16(at + 20, true) === last.length)) at--;
  if (at < 0) odd();
  const [size, start] = [view.getUint32(at + 12, true), view.getUint32(at + 16, true)];
  const isWide = at >= 20 && view.getUint32(at - 20, true) === LOCATOR_64;
  if (!isWide) return { start, size, tail: last.slice(at), isWide };
  const record = Number(view.getBigUint64(at - 12, true));
  const tail = await bytesOf(zip.slice(record));
  const wide = viewOf(tail);
  if (tail.length < 98 || wide.getUint32(0, true) !== END_64 || from + at - 20 <= record) odd();
  return { start: Number(wide.getBigUint64(48, true)), size: Number(wide.getBigUint64(40, true)), tail, isWide };
}

function joined(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The file of an entry with new bytes, and the entry itself; what else was known of it is kept. */
function packed(central: Uint8Array, bytes: Uint8Array): { local: Uint8Array<ArrayBuffer>; central: Uint8Array<ArrayBuffer> } {
  const small = zipSync({ x: bytes });
  const smallView = viewOf(small);
  const made = smallView.getUint32(small.length - 22 + 16, true);
  const size = smallView.getUint32(made + 20, true);
  const data = small.subarray(31 + smallView.getUint16(28, true), made).subarray(0, size);
  const old = viewOf(central);
  const [name, extra] = [old.getUint16(28, true), old.getUint16(30, true)];
  const entry = new Uint8Array(central.length - extra);
  entry.set(central.subarray(0, 46 + name));
  entry.set(central.subarray(46 + name + extra), 46 + name);
  const view = viewOf(entry);
  // Only the encoding of the name goes on; sizes stand before the bytes.
  const flags = old.getUint16(8, true) & 0x0800;
  view.setUint16(6, 20, true);
  view.setUint16(8, flags, true);
  view.setUint16(10, smallView.getUint16(made + 10, true), true);
  view.setUint32(16, smallView.getUint32(made + 16, true), true);
  view.setUint32(20, size, true);
  view.setUint32(24, bytes.length, true);
  view.setUint16(30, 0, true);
  const local = new Uint8Array(30 + name + size);
  // From the version to the length of the name, both have the same.
  local.set(entry.subarray(6, 30), 4);
  viewOf(local).setUint32(0, LOCAL, true);
  local.set(entry.subarray(46, 46 + name), 30);
  local.set(data, 30 + name);
  return { local, central: entry };
}

/** The zip with the new bytes of these files. Every other entry keeps its bytes. */
export async function zipWith(zip: Blob, changed: Changed): Promise<Blob> {
  const { start, size, tail, isWide } = await endOf(zip);
  const directory = await bytesOf(zip.slice(start, start + size));
  const view = viewOf(directory);
  const entries: Entry[] = [];
  for (let at = 0; at < directory.length; at += entries.at(-1)?.length ?? 0) entries.push(entryAt(view, at));
  const missing = new Map(changed);
  const inOrder = [...entries].sort((one, other) => one.offset - other.offset);
  // Neighbours that stay are one part: a zip may have a hundred thousand of them.
  const parts: BlobPart[] = [];
  let kept = 0;
  let to = inOrder[0]?.offset ?? 0;
  const made = new Map<Entry, Uint8Array<ArrayBuffer>>();
  for (const [index, entry] of inOrder.entries()) {
    const end = inOrder[index + 1]?.offset ?? start;
    if (end <= entry.offset) odd();
    let central = directory.slice(entry.at, entry.at + entry.length);
    const old = viewOf(central);
    const names = paths(central.subarray(46, 46 + old.getUint16(28, true)), (old.getUint16(8, true) & 0x0800) !== 0);
    const path = names.find((it) => missing.has(it));
    const bytes = path !== undefined ? missing.get(path) : undefined;
    let length = end - entry.offset;
    let offset64 = entry.offset64;
    if (path !== undefined && bytes) {
      missing.delete(path);
      const head = viewOf(await bytesOf(zip.slice(entry.offset, entry.offset + 4)));
      if (head.byteLength < 4 || head.getUint32(0, true) !== LOCAL) odd();
      const { local, central: own } = packed(central, bytes);
      parts.push(zip.slice(kept, entry.offset), local);
      kept = end;
      length = local.length;
      central = own;
      offset64 = undefined;
    }
    if (offset64 !== undefined) viewOf(central).setBigUint64(offset64 - entry.at, BigInt(to), true);
    else if (to >= ELSEWHERE) odd();
    else viewOf(central).setUint32(42, to, true);
    made.set(entry, central);
    to += length;
  }
  if (missing.size) throw new Error(text.fixedMissing([...missing.keys()]));
  parts.push(zip.slice(kept, start));
  const newDirectory = joined(entries.map((entry) => made.get(entry) as Uint8Array<ArrayBuffer>));
  const newSize = newDirectory.length;
  parts.push(newDirectory);
  const end = viewOf(tail);
  // After the directory may come its 64-bit form and where that lies, then the end.
  let endAt = 0;
  if (isWide) {
    endAt = Number(end.getBigUint64(4, true)) + 12 + 20;
    if (endAt + 22 > tail.length || end.getUint32(endAt, true) !== END) odd();
    end.setBigUint64(40, BigInt(newSize), true);
    end.setBigUint64(48, BigInt(to), true);
    end.setBigUint64(endAt - 12, BigInt(to + newSize), true);
  } else if (to + newSize >= ELSEWHERE) odd();
  for (const [at, value] of [[12, newSize], [16, to]] as const) {
    if (!isWide || end.getUint32(endAt + at, true) !== ELSEWHERE) end.setUint32(endAt + at, value, true);
  }
  parts.push(tail);
  return new Blob(parts, { type: "application/zip" });
}

/** A zip of the files of a folder, with the new bytes of some. One file is held at a time. */
export async function zipOf(files: { path: string; file: Blob }[], changed: Changed): Promise<Blob> {
  if (files.length > MOST_ENTRIES) throw new Error(text.tooManyToSave(MOST_ENTRIES));
  const parts: BlobPart[] = [];
  let failure: Error | undefined;
  // The browser keeps large parts on a disk.
  let chunks: Uint8Array<ArrayBuffer>[] = [];
  let held = 0;
  const put = () => {
    parts.push(new Blob(chunks));
    [chunks, held] = [[], 0];
  };
  const zip = new Zip((error, chunk) => {
    if (error) {
      failure = error;
      return;
    }
    chunks.push(chunk as Uint8Array<ArrayBuffer>);
    held += chunk.length;
    if (held > PART) put();
  });
  const missing = new Map(changed);
  for (const { path, file } of files) {
    const entry = new ZipDeflate(path, { level: 6 });
    zip.add(entry);
    entry.push(missing.get(path) ?? (await bytesOf(file)), true);
    missing.delete(path);
    if (failure) throw failure;
  }
  if (missing.size) throw new Error(text.fixedMissing([...missing.keys()]));
  zip.end();
  put();
  return new Blob(parts, { type: "application/zip" });
}
