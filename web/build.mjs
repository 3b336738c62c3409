// Builds the page into web/dist: one file, index.html, that works from any server and opened from a disk.
//
//   node build.mjs [--engine FILE.wasm] [--out FOLDER]
//
// Without --engine the engine is compiled first; `rustup target add wasm32-unknown-unknown` makes that possible.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipAsync } from "@gfx/zopfli";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
/** More than this the engine may not take, compressed. */
const MOST_BYTES = 3_000_000;

function option(name) {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

function compiled() {
  const words = ["build", "-p", "sessionlint-web", "--profile", "web", "--target", "wasm32-unknown-unknown"];
  execFileSync("cargo", words, { cwd: root, stdio: "inherit" });
  const asked = execFileSync("cargo", ["metadata", "--no-deps", "--format-version", "1"], { cwd: root, maxBuffer: 1e8 });
  return join(JSON.parse(asked).target_directory, "wasm32-unknown-unknown/web/sessionlint_web.wasm");
}

/** The features that the compiler uses by default. */
const FEATURES = [
  "bulk-memory", "bulk-memory-opt", "multivalue", "mutable-globals", "nontrapping-float-to-int", "reference-types", "sign-ext",
];

/** The engine made smaller, which takes a minute. */
function optimised(engine) {
  const folder = mkdtempSync(join(tmpdir(), "sessionlint-web-"));
  try {
    const out = join(folder, "engine.wasm");
    const words = [engine, "-Oz", "--strip-debug", "--strip-producers", "-o", out];
    const program = join(here, "node_modules/binaryen/bin/wasm-opt");
    execFileSync(program, [...words, ...FEATURES.map((it) => `--enable-${it}`)], { stdio: "inherit" });
    return readFileSync(out);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function bundled(entry) {
  const made = await build({
    entryPoints: [join(here, "src", entry)],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: ["chrome90", "firefox113", "safari16.4"],
    charset: "utf8",
  });
  // Nothing in a script may end its element.
  return made.outputFiles[0].text.replaceAll("</script", "<\\/script");
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((it) => it.isFile())
    .map((it) => join(it.parentPath, it.name))
    .sort();
}

async function sample() {
  const bundle = await build({ entryPoints: [join(here, "src/zip.ts")], bundle: true, write: false, format: "esm" });
  const { zip } = await import(`data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0].contents).toString("base64")}`);
  const folder = join(root, "sample-projects/leaky-org");
  const files = filesBelow(folder).map((path) => ({ path: relative(folder, path).replaceAll("\\", "/"), bytes: readFileSync(path) }));
  return Buffer.from(zip(files));
}

const engine = optimised(option("--engine") ?? compiled());
// What every browser inflates, but 4 % smaller than zlib makes it: half a minute here, 120 kB for everybody who opens the page.
const small = Buffer.from(await gzipAsync(engine, { numiterations: 5 }));
console.log(`engine: ${engine.length} bytes, ${small.length} compressed`);
if (small.length > MOST_BYTES) throw new Error(`the engine takes more than ${MOST_BYTES} bytes`);

/** What the reports of the engine allow themselves: the page shows them in a frame, which its own policy holds for too. */
async function policyOfReports(zip) {
  const module = new WebAssembly.Module(engine);
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) imports[from] = { ...imports[from], [name]() {} };
  const { exports: it } = await WebAssembly.instantiate(module, imports);
  const put = (bytes) => {
    const at = it.room(bytes.length);
    new Uint8Array(it.memory.buffer, at, bytes.length).set(bytes);
  };
  put(Buffer.from("x.zip"));
  it.name();
  put(zip);
  it.file();
  put(Buffer.from("2026-01-01\0report\0x.zip\0"));
  it.run();
  const page = Buffer.from(it.memory.buffer, it.out_at(), it.out_length()).toString();
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? "";
  const sources = (name) => new RegExp(`${name} ([^;]*)`).exec(policy)?.[1] ?? "";
  return { style: sources("style-src"), script: sources("script-src") };
}

const { version } = JSON.parse(
  execFileSync("cargo", ["metadata", "--no-deps", "--format-version", "1"], { cwd: root, maxBuffer: 1 << 26 }),
).packages.find((it) => it.name === "sessionlint");
const zip = await sample();
const parts = `window.sessionlintParts=${JSON.stringify({
  engine: small.toString("base64"),
  worker: await bundled("worker.ts"),
  sample: zip.toString("base64"),
}).replaceAll("</script", "<\\/script")}`;
const script = await bundled("main.ts");
const css = (path) => readFileSync(join(root, path), "utf8");
const style = css("crates/report/src/overview/style.css") + css("web/src/page.css");

const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
const reports = await policyOfReports(zip);
const policy = [
  "default-src 'none'",
  "connect-src 'none'",
  "img-src data:",
  `style-src ${hash(style)} ${reports.style}`,
  `script-src ${hash(parts)} ${hash(script)} ${reports.script} 'wasm-unsafe-eval'`,
  "worker-src blob:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");
const values = { policy, style, parts, script, version };
const page = css("web/src/page.html").replace(/\{\{(\w+)\}\}/g, (_, name) => values[name]);
const out = option("--out") ?? join(here, "dist");
mkdirSync(out, { recursive: true });
writeFileSync(join(out, "index.html"), page);
console.log(`${join(out, "index.html")}: ${page.length} bytes`);
