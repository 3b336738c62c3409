// The extension: finds the program, starts `sessionlint lsp`, shows sessions and apps, opens reports.
//
// What the program finds, fixes and explains comes over the Language Server Protocol; nothing of that is known here.

import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

import * as vscode from 'vscode';
import { LanguageClient } from 'vscode-languageclient/node';
import type { LanguageClientOptions, ServerOptions } from 'vscode-languageclient/node';

import patterns from '../../../packaging/editors/files.json';
import { find } from './find.ts';
import type { Program } from './find.ts';
import { nodes } from './tree.ts';
import type { Node } from './tree.ts';

/** Files of settings and of rules, which are checked too. */
const SETTINGS = ['**/sessionlint.toml', '**/sfdx-project.json', '**/sessionlint-rules/**/*.md'];
/** Answers of the program that are longer are not taken. */
const LONGEST = 64 * 1024 * 1024;
/** How long after a change the tree is made anew. */
const PAUSE = 1_000;

let client: LanguageClient | undefined;
let output: vscode.LogOutputChannel;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  output = vscode.window.createOutputChannel('sessionlint', { log: true });
  const tree = new Tree();
  context.subscriptions.push(
    output,
    tree,
    vscode.window.registerTreeDataProvider('sessionlint.sessions', tree),
    vscode.commands.registerCommand('sessionlint.restart', restart),
    vscode.commands.registerCommand('sessionlint.refreshSessions', () => tree.refresh()),
    vscode.commands.registerCommand('sessionlint.openReport', openReport),
    vscode.workspace.onDidGrantWorkspaceTrust(restart),
    vscode.workspace.onDidSaveTextDocument(() => tree.refreshSoon()),
    vscode.workspace.onDidChangeWorkspaceFolders(() => tree.refresh()),
    vscode.workspace.onDidChangeConfiguration(async (event) => {
      if (event.affectsConfiguration('sessionlint.path') || event.affectsConfiguration('sessionlint.preset')) {
        await restart();
        tree.refresh();
      }
    }),
  );
  await vscode.commands.executeCommand('setContext', 'sessionlint.isActive', true);
  await start();
}

export async function deactivate(): Promise<void> {
  await stop();
}

function folders(): string[] {
  const all = vscode.workspace.workspaceFolders ?? [];
  return all.filter((folder) => folder.uri.scheme === 'file').map((folder) => folder.uri.fsPath);
}

/** The program, or `undefined` where there is none, which is told. */
function program(): Program | undefined {
  const found = find({
    set: vscode.workspace.getConfiguration('sessionlint').get('path', ''),
    folders: folders(),
    isTrusted: vscode.workspace.isTrusted,
    environment: process.env,
    platform: process.platform,
    arch: process.arch,
  });
  if (typeof found !== 'string') {
    return found;
  }
  output.warn(found);
  return undefined;
}

async function start(): Promise<void> {
  const found = program();
  if (found === undefined) {
    const choice = await vscode.window.showWarningMessage('sessionlint: the program was not found.', 'Show output');
    if (choice !== undefined) {
      output.show();
    }
    return;
  }
  const version = await run(found, ['--version'], os.tmpdir()).catch((error: Error) => error.message);
  output.info(`${found.file}, from ${found.source}: ${version.trim()}`);
  const args = ['lsp', ...(vscode.workspace.isTrusted ? [] : ['--no-project-config'])];
  const preset = vscode.workspace.getConfiguration('sessionlint').get('preset', '');
  if (preset !== '') {
    args.push('--preset', preset);
  }
  const server: ServerOptions = { command: found.file, args };
  const documentSelector = [...patterns, ...SETTINGS].map((pattern) => ({ scheme: 'file', pattern }));
  const options: LanguageClientOptions = { documentSelector, outputChannel: output };
  client = new LanguageClient('sessionlint', 'sessionlint', server, options);
  await client.start().catch((error: Error) => output.error(`the program does not start: ${error.message}`));
}

async function stop(): Promise<void> {
  const running = client;
  client = undefined;
  await running?.dispose().catch(() => undefined);
}

async function restart(): Promise<void> {
  await stop();
  await start();
}

/** What the program writes; an error has what it says. */
function run(found: Program, args: readonly string[], folder: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(found.file, [...args], { cwd: folder, maxBuffer: LONGEST, windowsHide: true }, (error, stdout, stderr) => {
      // Findings are no failure: 2 is wrong usage, and 3 has an answer all the same.
      const isFailed = error !== null && ![1, 3].includes(Number(error.code));
      if (isFailed) {
        reject(new Error(stderr.trim() || error.message));
      } else {
        resolve(stdout);
      }
    });
  });
}

/** Arguments that keep a workspace that is not trusted from deciding anything. */
function careful(): string[] {
  return vscode.workspace.isTrusted ? [] : ['--no-project-config'];
}

/** The folders of projects in the workspace. */
async function projects(): Promise<string[]> {
  const files = await vscode.workspace.findFiles('**/sfdx-project.json', '**/node_modules/**', 100);
  return files.map((file) => path.dirname(file.fsPath)).sort();
}

async function openReport(): Promise<void> {
  const found = program();
  const all = await projects();
  if (found === undefined || all.length === 0) {
    await vscode.window.showWarningMessage(`sessionlint: ${found === undefined ? 'the program was not found' : 'no project here'}.`);
    return;
  }
  const names = all.map((folder) => ({ label: vscode.workspace.asRelativePath(folder), folder }));
  const chosen = names.length === 1 ? names[0] : await vscode.window.showQuickPick(names, { placeHolder: 'Project' });
  if (chosen === undefined) {
    return;
  }
  const folder = await fs.promises.mkdtemp(path.join(os.tmpdir(), 'sessionlint-'));
  const file = path.join(folder, `${path.basename(chosen.folder)}.html`);
  try {
    await run(found, ['report', '--format', 'html', '--output', file, ...careful(), '--', chosen.folder], chosen.folder);
    await show(file);
  } catch (error) {
    output.error(String(error));
    await vscode.window.showErrorMessage(`sessionlint: there is no report: ${(error as Error).message}`);
  }
}

/** Opens a page: in the browser, or in the editor where that runs in a browser or elsewhere and knows no files of it. */
async function show(file: string): Promise<void> {
  if (vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined) {
    await vscode.env.openExternal(vscode.Uri.file(file));
    return;
  }
  const panel = vscode.window.createWebviewPanel('sessionlint.report', path.basename(file), vscode.ViewColumn.Active, {
    enableScripts: true,
    localResourceRoots: [],
  });
  panel.webview.html = await fs.promises.readFile(file, 'utf8');
}

/** An entry with the folder of its project. */
interface Entry {
  readonly node: Node;
  readonly folder: string;
  readonly isOpen: boolean;
}

class Tree implements vscode.TreeDataProvider<Entry> {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private timer: NodeJS.Timeout | undefined;

  refresh(): void {
    this.changed.fire(undefined);
  }

  refreshSoon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), PAUSE);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.changed.dispose();
  }

  getTreeItem(entry: Entry): vscode.TreeItem {
    const { node, folder } = entry;
    const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(node.label, node.children.length === 0 ? None : entry.isOpen ? Expanded : Collapsed);
    item.description = node.description;
    item.tooltip = node.tooltip;
    item.iconPath = new vscode.ThemeIcon(node.icon);
    if (node.place !== undefined) {
      const line = node.place.line - 1;
      const options = { selection: new vscode.Range(line, 0, line, 0) };
      const file = vscode.Uri.file(path.join(folder, node.place.path));
      item.command = { command: 'vscode.open', title: 'Open', arguments: [file, options] };
    }
    return item;
  }

  async getChildren(entry?: Entry): Promise<Entry[]> {
    if (entry !== undefined) {
      return entry.node.children.map((node) => ({ node, folder: entry.folder, isOpen: false }));
    }
    const found = program();
    if (found === undefined) {
      return [];
    }
    const all = await projects();
    const entries = await Promise.all(all.map((folder) => this.project(found, folder)));
    if (entries.length === 1) {
      return entries.flatMap((it) => it.node.children.map((node) => ({ node, folder: it.folder, isOpen: true })));
    }
    return entries;
  }

  private async project(found: Program, folder: string): Promise<Entry> {
    const label = vscode.workspace.asRelativePath(folder);
    const node = { label, description: '', tooltip: folder, icon: 'folder' };
    try {
      const json = await run(found, ['sessions', '--format', 'json', ...careful(), '--', folder], folder);
      return { node: { ...node, children: nodes(json) }, folder, isOpen: true };
    } catch (error) {
      output.error(`${folder}: ${(error as Error).message}`);
      return { node: { ...node, description: 'see the output channel', icon: 'warning', children: [] }, folder, isOpen: true };
    }
  }
}
