// Runs one command in an instance of the engine, and is thrown away with its memory.

import { zipOf, zipWith, type Changed } from "./fixed";
import type { Fixed, Input, Job, Ran } from "./job";
import { zip } from "./zip";

interface Engine {
  memory: WebAssembly.Memory;
  room(length: number): number;
  name(): void;
  file(): void;
  run(): number;
  changed(): number;
  projects(): number;
  out_at(): number;
  out_length(): number;
  err_at(): number;
  err_length(): number;
  fault_at(): number;
  fault_length(): number;
}

async function bytesOf(input: Input): Promise<Uint8Array> {
  if (input.zip) return new Uint8Array(await input.zip.arrayBuffer());
  const files = [];
  for (const { path, file } of input.files ?? []) {
    files.push({ path, bytes: new Uint8Array(await file.arrayBuffer()) });
  }
  return zip(files);
}

/** The zip of an input with the files that the engine changed, if it did. */
async function fixedOf(input: Input, next: () => Uint8Array<ArrayBuffer> | undefined): Promise<Fixed | undefined> {
  const changed: Changed = new Map();
  for (let file = next(); file; file = next()) {
    const end = file.indexOf(0);
    const path = new TextDecoder().decode(file.subarray(0, end));
    changed.set(path.slice(input.name.length + 1), file.slice(end + 1));
  }
  if (!changed.size) return undefined;
  const zip = input.zip ? await zipWith(input.zip, changed) : await zipOf([...(input.files ?? []), ...(input.aside ?? [])], changed);
  return { paths: [...changed.keys()], zip };
}

/**
 * The engine reaches nothing that it is not given. A library in it names a few functions of a page, for random numbers
 * that nobody draws: each of them only fails.
 */
function nothing(engine: WebAssembly.Module): WebAssembly.Imports {
  const all: WebAssembly.Imports = {};
  for (const { module, name } of WebAssembly.Module.imports(engine)) {
    all[module] = {
      ...all[module],
      [name]: () => {
        throw new Error(`${name} is not there`);
      },
    };
  }
  return all;
}

async function ran({ engine, inputs, day, words }: Job): Promise<Ran> {
  const instance = await WebAssembly.instantiate(engine, nothing(engine));
  const it = instance.exports as unknown as Engine;
  const put = (bytes: Uint8Array) => {
    const at = it.room(bytes.length) >>> 0;
    new Uint8Array(it.memory.buffer, at, bytes.length).set(bytes);
  };
  const text = (text: string) => put(new TextEncoder().encode(text));
  // Beyond 2 GB an address of the engine is a negative number here.
  const at = (start: number, length: number) => new Uint8Array(it.memory.buffer as ArrayBuffer, start >>> 0, length >>> 0);
  try {
    for (const input of inputs) {
      text(input.name);
      it.name();
      put(await bytesOf(input));
      it.file();
    }
    let exit: number;
    if (typeof words === "string") {
      text(words);
      exit = it.projects();
    } else {
      text([day, ...words].map((word) => word.replaceAll("\0", " ") + "\0").join(""));
      exit = it.run();
    }
    const out = at(it.out_at(), it.out_length()).slice().buffer as ArrayBuffer;
    const err = new TextDecoder().decode(at(it.err_at(), it.err_length()));
    const next = () => (it.changed() ? at(it.out_at(), it.out_length()).slice() : undefined);
    const answer: Ran = { exit, out, err, fault: "" };
    try {
      return { ...answer, fixed: inputs[0] && (await fixedOf(inputs[0], next)) };
    } catch (error) {
      return { ...answer, unfixed: error instanceof Error ? error.message : String(error) };
    }
  } catch (error) {
    const said = new TextDecoder().decode(at(it.fault_at(), it.fault_length()));
    return { exit: -1, out: new ArrayBuffer(0), err: "", fault: said || String(error) };
  }
}

self.onmessage = async (message: MessageEvent<Job>) => {
  let answer: Ran;
  try {
    answer = await ran(message.data);
  } catch (error) {
    answer = { exit: -1, out: new ArrayBuffer(0), err: "", fault: String(error) };
  }
  postMessage(answer, { transfer: [answer.out] });
};
