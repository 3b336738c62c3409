// What the page and its worker tell each other.

/** A zip, or the files of a folder. */
export interface Input {
  /** The name that commands take. */
  name: string;
  /** The zip. */
  zip?: Blob;
  /** The files, by their paths below the folder. */
  files?: { path: string; file: Blob }[];
  /** More files of the folder, which the engine is not given. */
  aside?: { path: string; file: Blob }[];
}

/** One run of the engine. */
export interface Job {
  engine: WebAssembly.Module;
  inputs: Input[];
  /** The day of the run. */
  day: string;
  /** The words of a command; or the name of an input whose projects are listed. */
  words: string[] | string;
}

/** How a run ended. */
export interface Ran {
  exit: number;
  out: ArrayBuffer;
  err: string;
  /** What the engine said when it failed; empty where it did not. */
  fault: string;
  /** What fixes made of the first input, if they changed files. */
  fixed?: Fixed | undefined;
  /** Why there is no such copy, though files changed. */
  unfixed?: string;
}

/** An input with fixes. */
export interface Fixed {
  /** The files that changed. */
  paths: string[];
  zip: Blob;
}
