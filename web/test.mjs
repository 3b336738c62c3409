// Tests the built page in a browser, over http and opened from a disk. Not part of CI: it needs Chromium.
//
//   node build.mjs && node test.mjs [--command sessionlint] [--browser /usr/bin/chromium] [--big FILE.zip] [--only WORDS]
//
// Each sample, and three projects of ../../shared/corpus where that is there, are zipped and dropped; the JSON that the
// page saves must be that of the command, byte for byte, the root aside. With --big, the time of the first answer is
// held against the command's on one thread, which should be a release build then.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const DAY = "2026-11-28";
const PATIENCE = 120_000;
const PYTHON_ZIP = `
import sys, zipfile, pathlib
top = pathlib.Path(sys.argv[2])
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as out:
    for path in sorted(top.rglob("*")):
        if path.is_file() and not path.is_symlink() and ".git" not in path.relative_to(top).parts:
            out.writestr(str(path.relative_to(top)), path.read_bytes())
`;

// Takes a zip apart that is read from its end, and fails where a check sum is wrong.
const PYTHON_UNZIP = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as zip:
    assert zip.testzip() is None
    zip.extractall(sys.argv[2])
`;
// As a program writes it that cannot go back: sizes after the bytes, a 64-bit form, a top folder, a comment, a name in an
// old encoding.
const PYTHON_ODD_ZIP = `
import io, sys, zipfile, pathlib
class Pipe(io.RawIOBase):
    def __init__(self, out): self.out = out
    def writable(self): return True
    def write(self, data): return self.out.write(data)
top = pathlib.Path(sys.argv[2])
with open(sys.argv[1], "wb") as out, zipfile.ZipFile(Pipe(out), "w", zipfile.ZIP_DEFLATED) as zip:
    zip.comment = b"a comment"
    zip.mkdir("org")
    for number, path in enumerate(sorted(it for it in top.rglob("*") if it.is_file())):
        info = zipfile.ZipInfo("org/" + str(path.relative_to(top)), (2020, 2, 2, 2, 2, 2))
        info.compress_type = zipfile.ZIP_DEFLATED if number % 2 else zipfile.ZIP_STORED
        info.extra = b"\\x99\\x99\\x02\\x00ab"
        with zip.open(info, "w", force_zip64=number % 3 == 0) as entry: entry.write(path.read_bytes())
    for number in range(int(sys.argv[3])): zip.writestr(f"org/notes/{number}.txt", "x")
    zip.writestr(zipfile.ZipInfo("org/Gr\\u00f6\\u00dfe.txt"), "x")
`;

function option(name, otherwise) {
  const at = process.argv.indexOf(name);
  return at < 0 ? otherwise : process.argv[at + 1];
}

/** What the page says then. */
const CANCELLED = "Cancelled.";
const command = resolve(option("--command", join(root, "target/debug/sessionlint")));
const page = join(option("--page", join(here, "dist")), "index.html");
const folder = mkdtempSync(join(tmpdir(), "sessionlint-web-"));
const failures = [];

function zipped(project) {
  const file = join(folder, `${basename(project)}.zip`);
  if (!existsSync(file)) execFileSync("python3", ["-c", PYTHON_ZIP, file, project]);
  return file;
}

function projects() {
  const samples = readdirSync(join(root, "sample-projects"), { withFileTypes: true });
  const found = samples.filter((it) => it.isDirectory()).map((it) => join(root, "sample-projects", it.name));
  const corpus = process.env.SESSIONLINT_CORPUS ?? join(root, "../shared/corpus");
  if (!existsSync(corpus)) {
    console.log("skipped: no ../shared/corpus beside the checkout");
    return found;
  }
  const all = readdirSync(corpus, { withFileTypes: true }).filter((it) => it.isDirectory());
  // Some hold nothing that the command answers with a document.
  const answered = (project) => ofCommand(zipped(project)).out.length > 0;
  const paths = all.map((it) => join(corpus, it.name));
  const three = [];
  for (const path of paths) if (three.length < 3 && answered(path)) three.push(path);
  return [...found, ...three];
}

function ofCommand(zip, words = ["--format", "json"]) {
  const name = basename(zip);
  const ran = spawnSync(command, ["check", name, "--as-of", DAY, "--no-cache", ...words], {
    cwd: dirname(zip),
    maxBuffer: 1 << 30,
  });
  return { out: ran.stdout.toString(), err: ran.stderr.toString(), exit: ran.status };
}

const withoutRoot = (json) => json.replace(/^( {4}"root": ).*$/m, "$1");

async function test(name, work) {
  if (!name.includes(option("--only", ""))) return;
  const began = Date.now();
  try {
    await work();
    console.log(`ok   ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failures.push(name);
    console.log(`FAIL ${name}\n${error.stack ?? error}`);
  }
}

/** A page with what went wrong in it, and what it asked of the network. */
async function opened(browser, address, options = {}) {
  const context = await browser.newContext({ acceptDownloads: true, ...options });
  const tab = await context.newPage();
  const asked = [];
  const said = [];
  context.on("request", (request) => {
    if (/^(https?|wss?|ftp):/.test(request.url()) && request.url() !== address) asked.push(request.url());
  });
  tab.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) said.push(message.text());
  });
  tab.on("pageerror", (error) => said.push(String(error)));
  await tab.goto(address);
  await tab.evaluate((day) => (document.getElementById("day").value = day), DAY);
  return { context, tab, asked, said };
}

async function drop(tab, ...files) {
  await tab.setInputFiles("#files", files);
}

async function settled(tab) {
  await tab.waitForFunction(() => document.getElementById("cancel").hidden && document.querySelector("#panel .items, #panel .notice, #panel p, #panel form, #panel table, #panel iframe, #messages .notice"), null, { timeout: PATIENCE });
}

async function downloaded(tab, label) {
  const waiting = tab.waitForEvent("download", { timeout: PATIENCE });
  await tab.getByRole("button", { name: label }).click();
  return (await waiting).path();
}

async function saved(tab, label) {
  await tab.click("#tab-save");
  return readFileSync(await downloaded(tab, label), "utf8");
}

/** What `check --fix` makes of a project. */
function mended(project, words) {
  const copy = mkdtempSync(join(folder, "mended-"));
  execFileSync("cp", ["-r", `${project}/.`, copy]);
  spawnSync(command, ["check", copy, "--fix", "--as-of", DAY, "--no-cache", ...words]);
  return copy;
}

/** The zip with fixes that the page saves of what was dropped, and the files that it lists before that. */
async function fixed(tab, label) {
  await tab.click("#tab-save");
  await tab.getByRole("button", { name: label }).click();
  await tab.getByRole("button", { name: /^Save .*fixed\.zip/ }).waitFor({ timeout: PATIENCE });
  const listed = await tab.locator("#panel li > code").allInnerTexts();
  const zip = await downloaded(tab, /^Save .*fixed\.zip/);
  const into = mkdtempSync(join(folder, "unpacked-"));
  execFileSync("python3", ["-c", PYTHON_UNZIP, zip, into]);
  return { zip, into, listed };
}

/** The paths that are not the same in two folders, below either. */
function unequal(one, other) {
  const { stdout } = spawnSync("diff", ["-rq", one, other]);
  return stdout.toString().split("\n").filter(Boolean);
}

const SAFE = /^Fix a copy: fixes that weaken no protection/;
const ALL = /^Fix a copy: all fixes/;

async function seriousFaults(tab) {
  await tab.evaluate(axe);
  const { violations } = await tab.evaluate(() => window.axe.run(document, { resultTypes: ["violations"], iframes: false }));
  return violations.filter((it) => ["serious", "critical"].includes(it.impact)).map((it) => `${it.id}: ${it.nodes.map((node) => node.html).join(" ")}`);
}

// Whatever leaves the machine would go through here, and nothing may.
const reached = [];
const proxy = createServer((request, response) => {
  reached.push(request.url);
  response.writeHead(502).end();
}).on("connect", (request, socket) => {
  reached.push(request.url);
  // A browser that ends hangs up as it likes.
  socket.on("error", () => {}).end("HTTP/1.1 502 No\r\n\r\n");
});
await new Promise((done) => proxy.listen(0, "127.0.0.1", done));
const server = createServer((request, response) => {
  if (request.url !== "/") return void response.writeHead(404).end();
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(readFileSync(page));
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));

const browser = await chromium.launch({
  executablePath: option("--browser", "/usr/bin/chromium"),
  // What the browser asks its maker for by itself is not the page's; the page's own requests go through the proxy.
  args: [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-features=AutofillServerCommunication,Translate,OptimizationHints,MediaRouter",
  ],
  proxy: { server: `http://127.0.0.1:${proxy.address().port}`, bypass: "127.0.0.1" },
});

try {
  const addresses = { http: `http://127.0.0.1:${server.address().port}/`, file: pathToFileURL(page).href };
  for (const [way, address] of Object.entries(addresses)) {
    for (const project of projects()) {
      await test(`${way}: ${basename(project)} gives the JSON of the command`, async () => {
        const zip = zipped(project);
        const { context, tab, asked, said } = await opened(browser, address);
        await drop(tab, zip);
        await settled(tab);
        const ours = await saved(tab, "Findings (JSON)");
        const theirs = ofCommand(zip);
        assert.ok(theirs.out.length > 100, theirs.err);
        assert.equal(withoutRoot(ours), withoutRoot(theirs.out));
        assert.deepEqual(asked, [], "requests");
        assert.deepEqual(said, [], "console");
        await context.close();
      });
    }

    await test(`${way}: a folder gives what its zip gives`, async () => {
      const leaky = join(root, "sample-projects/leaky-org");
      const { context, tab, said } = await opened(browser, address);
      await tab.setInputFiles("#folder", leaky);
      await settled(tab);
      const ours = await saved(tab, "Findings (JSON)");
      // The project has the name of what was given.
      const theirs = ofCommand(zipped(leaky)).out.replaceAll("leaky-org.zip", "leaky-org");
      assert.equal(withoutRoot(ours), withoutRoot(theirs));
      assert.deepEqual(said, [], "console");
      await context.close();
    });

    await test(`${way}: a copy with fixes is what --fix makes of the files`, async () => {
      for (const [name, label, words] of [
        ["leaky-org", SAFE, []],
        ["leaky-org", ALL, ["--unsafe-fixes"]],
        ["mdapi-org", ALL, ["--unsafe-fixes"]],
      ]) {
        const { context, tab, asked, said } = await opened(browser, address);
        const project = join(root, "sample-projects", name);
        await drop(tab, zipped(project));
        await settled(tab);
        const { into, listed } = await fixed(tab, label);
        const expected = mended(project, words);
        assert.deepEqual(unequal(into, expected), [], name);
        const changed = unequal(project, expected).map((line) => /^Files (.*) and /.exec(line)[1].slice(project.length + 1));
        assert.ok(changed.length > 0, name);
        assert.deepEqual(listed.sort(), changed.sort(), name);
        assert.deepEqual(await seriousFaults(tab), []);
        assert.deepEqual(asked, [], "requests");
        assert.deepEqual(said, [], "console");
        await context.close();
      }
    });

    await test(`${way}: a copy of a zip keeps what it does not change, however that is packed`, async () => {
      const project = join(root, "sample-projects/leaky-org");
      const expected = mended(project, []);
      for (const more of [0, 66_000]) {
        const odd = join(folder, `odd-${more}.zip`);
        execFileSync("python3", ["-c", PYTHON_ODD_ZIP, odd, project, String(more)]);
        const { context, tab, said } = await opened(browser, address);
        await drop(tab, odd);
        await settled(tab);
        const { zip, into } = await fixed(tab, SAFE);
        const notes = ["Größe.txt", ...(more ? ["notes"] : [])].map((name) => `Only in ${into}/org: ${name}`);
        assert.deepEqual(unequal(into + "/org", expected).sort(), notes.sort());
        const described = (file) =>
          execFileSync("python3", ["-c", "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nprint(z.comment, [(i.filename, i.date_time, i.external_attr) for i in z.infolist()])", file], { maxBuffer: 1 << 30 }).toString();
        assert.equal(described(zip), described(odd));
        assert.deepEqual(said, [], "console");
        await context.close();
      }
    });

    await test(`${way}: a copy of a folder has all its files`, async () => {
      const project = join(mkdtempSync(join(folder, "org-")), "org");
      execFileSync("cp", ["-r", join(root, "sample-projects/leaky-org"), project]);
      const more = join(project, "force-app/main/default/staticresources");
      mkdirSync(more);
      writeFileSync(join(more, "Logo.resource"), Buffer.from([0, 1, 2, 255]));
      const { context, tab, said } = await opened(browser, address);
      await tab.setInputFiles("#folder", project);
      await settled(tab);
      const { into } = await fixed(tab, SAFE);
      assert.deepEqual(unequal(into, mended(project, [])), []);
      assert.deepEqual(said, [], "console");
      await context.close();
    });

    await test(`${way}: names are offered while a query is typed`, async () => {
      for (const colorScheme of ["light", "dark"]) {
        const { context, tab, said } = await opened(browser, address, { viewport: { width: 390, height: 800 }, colorScheme });
        await tab.click("#try");
        await settled(tab);
        await tab.click("#tab-query");
        await tab.waitForSelector("#panel .tables button", { state: "attached", timeout: PATIENCE });
        const query = tab.locator("#soql");
        const options = tab.locator("#soql-names [role=option]");
        const type = (text) => tab.keyboard.type(text);
        const offered = async (name) => {
          await options.filter({ hasText: new RegExp(`^${name} `) }).first().waitFor({ timeout: PATIENCE });
          return (await options.locator("code").allInnerTexts()).map((it) => it.trim());
        };
        const active = () => tab.evaluate(() => document.getElementById(document.querySelector("#soql").getAttribute("aria-activedescendant"))?.querySelector("code").textContent);
        await query.fill("");
        await query.focus();
        // Tables after FROM, at once; nothing is chosen before a letter is typed.
        await type("SELECT  FROM ");
        assert.ok((await offered("ConnectedApp")).length > 20);
        assert.equal(await active(), undefined);
        await type("effectivesess");
        assert.deepEqual(await offered("EffectiveSession"), ["EffectiveSession"]);
        await tab.keyboard.press("Enter");
        assert.equal(await query.inputValue(), "SELECT  FROM EffectiveSession");
        assert.equal(await options.count(), 0);
        // Columns of that table before it, and a list that stays on the page.
        for (let left = 0; left < "  FROM EffectiveSession".length - 1; left++) await tab.keyboard.press("ArrowLeft");
        await type("Minutes");
        const columns = await offered("EffectiveMinutes");
        assert.ok(columns.includes("ShortestMinutes") && !columns.includes("FROM"), columns.join());
        assert.equal(await tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
        const box = await tab.getByRole("listbox", { name: "Names that fit" }).boundingBox();
        assert.ok(box.x >= 0 && box.x + box.width <= 390, JSON.stringify(box));
        assert.deepEqual(await seriousFaults(tab), [], colorScheme);
        const first = await active();
        await tab.keyboard.press("ArrowDown");
        const second = await active();
        assert.notEqual(first, second);
        await tab.keyboard.press("ArrowUp");
        assert.equal(await active(), first);
        await tab.keyboard.press("ArrowDown");
        await tab.keyboard.press("Tab");
        assert.equal(await query.inputValue(), `SELECT ${second} FROM EffectiveSession`);
        await tab.keyboard.press("Control+z");
        assert.equal(await query.inputValue(), "SELECT Minutes FROM EffectiveSession");
        // A pointer takes a name too, and the text keeps the focus.
        await tab.keyboard.press("ArrowRight");
        await tab.keyboard.press("Control+ ");
        await offered("EffectiveMinutes");
        await options.filter({ hasText: /^EffectiveMinutes / }).click();
        assert.equal(await query.inputValue(), "SELECT EffectiveMinutes FROM EffectiveSession");
        assert.ok(await query.evaluate((it) => it === document.activeElement));
        // Words of the language; nothing inside a text; Escape closes, and then Tab leaves.
        await tab.keyboard.press("Control+End");
        await type(" whe");
        await offered("WHERE");
        await tab.keyboard.press("Tab");
        await type(" Profile = 'Eff");
        await tab.waitForTimeout(100);
        assert.equal(await options.count(), 0);
        await type("' AND Eff");
        await offered("EffectiveMinutes");
        assert.equal(await tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
        await tab.keyboard.press("Escape");
        assert.equal(await options.count(), 0);
        await tab.keyboard.press("Tab");
        assert.equal(await tab.evaluate(() => document.activeElement.textContent), "Run");
        assert.equal(await query.inputValue(), "SELECT EffectiveMinutes FROM EffectiveSession WHERE Profile = 'Eff' AND Eff");
        // A sub-select has columns of its own table.
        await query.fill("SELECT Profile FROM EffectiveSession WHERE Profile IN (SELECT  FROM ConnectedApp) AND ");
        await query.evaluate((it) => it.setSelectionRange(it.value.indexOf("(SELECT ") + 8, it.value.indexOf("(SELECT ") + 8));
        await type("o");
        const own = await offered("OR");
        assert.ok(own.some((name) => name.startsWith("oauth")) && !own.includes("EffectiveMinutes"), own.join());
        assert.deepEqual(said, [], "console");
        await context.close();
      }
    });

    await test(`${way}: a dropped rule page counts, with its own configuration`, async () => {
      const place = mkdtempSync(join(folder, "rules-"));
      mkdirSync(join(place, "rules/local"), { recursive: true });
      const rule = join(place, "rules/local/own.md");
      const config = join(place, "own.toml");
      writeFileSync(rule, readFileSync(join(root, "src/cli/new_page.md"), "utf8").replace("= 'zero'", "= 'infinite'"));
      writeFileSync(config, 'select = ["local/own"]\n');
      const { context, tab, said } = await opened(browser, address);
      const leaky = join(place, "leaky.zip");
      writeFileSync(leaky, readFileSync(zipped(join(root, "sample-projects/leaky-org"))));
      await drop(tab, leaky, rule, config);
      await settled(tab);
      assert.match(await tab.innerText("#settings"), /own\.md, own\.toml|own\.toml, own\.md/);
      const ours = await saved(tab, "Findings (JSON)");
      const theirs = ofCommand(leaky, ["--format", "json", "--rules", "rules", "--config", "own.toml"]);
      assert.equal(withoutRoot(ours), withoutRoot(theirs.out));
      const rules = JSON.parse(ours).findings.map((it) => it.rule);
      assert.ok(rules.length > 0 && rules.every((it) => it === "local/own"), rules.join());
      // A page that is wrong is named, and the project stays.
      writeFileSync(rule, "# No rule\n");
      await drop(tab, rule);
      await tab.click("#tab-findings");
      await tab.waitForSelector("#panel .notice.error", { timeout: PATIENCE });
      assert.match(await tab.innerText("#panel .notice.error"), /own\.md/);
      assert.deepEqual(said, [], "console");
      await context.close();
    });

    await test(`${way}: what is dropped is read, and a run can be cancelled`, async () => {
      const leaky = readFileSync(zipped(join(root, "sample-projects/leaky-org"))).toString("base64");
      const { context, tab, said } = await opened(browser, address);
      const dropZip = () =>
        tab.evaluate((base64) => {
          const bytes = Uint8Array.from(atob(base64), (ch) => ch.charCodeAt(0));
          const data = new DataTransfer();
          data.items.add(new File([bytes], "dropped.zip"));
          document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        }, leaky);
      await dropZip();
      await tab.waitForSelector("#panel .items", { timeout: PATIENCE });
      assert.match(await tab.innerText("#project"), /dropped\.zip/);
      await dropZip();
      await tab.waitForFunction(() => !document.getElementById("cancel").hidden);
      await tab.evaluate(() => document.getElementById("cancel").click());
      await tab.waitForFunction((word) => document.getElementById("status").textContent === word, CANCELLED, { timeout: PATIENCE });
      await tab.click("#tab-sessions");
      await tab.waitForSelector("#panel table", { timeout: PATIENCE });
      assert.deepEqual(said, [], "console");
      await context.close();
    });

    await test(`${way}: every tab of the sample shows something, without faults for assistive technology`, async () => {
      for (const colorScheme of ["light", "dark"]) {
        const { context, tab, asked, said } = await opened(browser, address, { viewport: { width: 390, height: 800 }, colorScheme });
        assert.deepEqual(await seriousFaults(tab), []);
        await tab.click("#try");
        await settled(tab);
        for (const name of ["findings", "sessions", "integrations", "report", "diagnose", "calendar", "query", "compare", "save"]) {
          await tab.click(`#tab-${name}`);
          await settled(tab);
          if (name === "diagnose") {
            await tab.fill("#symptom", "INVALID_SESSION_ID after 15 minutes");
            await tab.click("form button");
            await tab.waitForSelector("#panel pre[tabindex]", { timeout: PATIENCE });
          }
          if (name === "query") {
            await tab.click("form button");
            await tab.waitForSelector("#panel table", { timeout: PATIENCE });
          }
          assert.deepEqual(await seriousFaults(tab), [], `${name}, ${colorScheme}`);
          const wide = await tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          assert.equal(wide, 0, `${name} is wider than 390 px`);
        }
        assert.deepEqual(asked, [], "requests");
        assert.deepEqual(said, [], "console");
        await context.close();
      }
    });

    await test(`${way}: broken zips end in a message, and the page goes on`, async () => {
      const { context, tab } = await opened(browser, address);
      const leaky = readFileSync(zipped(join(root, "sample-projects/leaky-org")));
      const broken = {
        "empty.zip": Buffer.alloc(0),
        "no.zip": Buffer.from("PK, but not more"),
        "cut.zip": leaky.subarray(0, leaky.length - 30),
        "noise.zip": Buffer.from(leaky.map((byte, at) => (at % 97 ? byte : 255))),
      };
      for (const [name, bytes] of Object.entries(broken)) {
        writeFileSync(join(folder, name), bytes);
        await drop(tab, join(folder, name));
        await tab.waitForSelector("#messages .notice", { timeout: PATIENCE });
        assert.match(await tab.innerText("#messages"), /\w/, name);
      }
      const huge = join(folder, "huge.zip");
      writeFileSync(huge, "");
      truncateSync(huge, 3_000_000_000);
      await drop(tab, huge);
      await tab.getByText("huge.zip has 3.0 GB").waitFor({ timeout: PATIENCE });
      await drop(tab, zipped(join(root, "sample-projects/sound-org")));
      await settled(tab);
      assert.match(await tab.innerText("#panel"), /\w/);
      await context.close();
    });

    await test(`${way}: settings and a second state are taken, and saved fixes apply`, async () => {
      const { context, tab } = await opened(browser, address);
      const leaky = join(root, "sample-projects/leaky-org");
      writeFileSync(join(folder, "sessionlint.toml"), 'preset = "security"\n');
      await drop(tab, zipped(leaky), join(folder, "sessionlint.toml"));
      await settled(tab);
      const ours = await saved(tab, "Findings (JSON)");
      const theirs = ofCommand(zipped(leaky), ["--format", "json", "--config", "sessionlint.toml"]);
      assert.equal(withoutRoot(ours), withoutRoot(theirs.out));
      const patch = await saved(tab, "All fixes, also those that weaken a protection (patch)");
      assert.match(patch, /^--- /);
      await drop(tab, zipped(join(root, "sample-projects/sound-org")));
      await settled(tab);
      await tab.click("#tab-compare");
      await tab.click("form button");
      await tab.waitForSelector("#panel pre[tabindex]", { timeout: PATIENCE });
      assert.match(await tab.innerText("#panel"), /better|worse|changes/);
      const fixed = join(folder, `fixed-${way}`);
      mkdirSync(fixed);
      execFileSync("cp", ["-r", `${leaky}/.`, fixed]);
      execFileSync("patch", ["-p1", "--dry-run", "--directory", fixed], { input: patch });
      await context.close();
    });
  }

  const big = option("--big");
  if (big) {
    await test("a large zip is answered in at most 3 times the command's time on one thread", async () => {
      const began = Date.now();
      spawnSync(command, ["check", basename(big), "--as-of", DAY, "--no-cache", "--threads", "1", "--format", "sarif"], { cwd: dirname(big), maxBuffer: 1 << 30 });
      const theirs = Date.now() - began;
      const { context, tab } = await opened(browser, addresses.http);
      await tab.waitForTimeout(2000);
      const start = Date.now();
      await drop(tab, big);
      await tab.waitForSelector("#panel .items, #panel p", { timeout: PATIENCE });
      const ours = Date.now() - start;
      console.log(`     command ${theirs} ms, page ${ours} ms`);
      assert.ok(ours <= 3 * theirs, `${ours} ms, and the command ${theirs} ms`);
      await context.close();
    });
  }
  await test("nothing reached the network", () => {
    const ofMaker = /(^|\/\/)[a-z0-9.-]+\.(google|googleapis|gvt1)\.com(:443|\/)/;
    assert.deepEqual(reached.filter((address) => !ofMaker.test(address)), []);
  });
} finally {
  await browser.close();
  server.close();
  proxy.close();
  rmSync(folder, { recursive: true });
}
console.log(failures.length ? `${failures.length} failed` : "all passed");
process.exitCode = failures.length ? 1 : 0;
