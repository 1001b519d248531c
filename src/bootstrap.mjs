// Every npm script starts here, on whatever Node (20 or newer) the machine has: it installs what is missing, then runs
// the given tool with the project's own Node 24 and passes signals and the exit code on. Nothing but Node's own modules.
// It writes to stderr only, so that a command's output stays clean.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(root, 'node_modules');
const bin = join(modules, '.bin');
const ownNode = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
const tools = { biome: '@biomejs/biome', tsc: 'typescript', vitest: 'vitest', redocly: '@redocly/cli' };

const stop = (message) => {
  process.stderr.write(`${message}\n`);
  process.exit(1);
};

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** npm writes its hidden lockfile last, so one that agrees with ours means a finished install of these versions. */
const isInstalled = () => {
  const hidden = join(modules, '.package-lock.json');
  if (!existsSync(hidden) || !existsSync(ownNode)) return false;
  const installed = readJson(hidden).packages;
  const wanted = Object.entries(readJson(join(root, 'package-lock.json')).packages);
  return wanted.every(([path, { version, optional }]) => {
    if (path === '' || (optional && installed[path] === undefined)) return true;
    return installed[path]?.version === version;
  });
};

const install = () => {
  process.stderr.write('Installing dependencies (once; a minute or so) …\n');
  const npm = process.env.npm_execpath;
  // Warnings would only say that this Node is older than the one being installed.
  const args = ['ci', '--include=dev', '--loglevel=error', '--no-audit', '--no-fund'];
  const [command, ...before] = npm?.endsWith('js') ? [process.execPath, npm] : ['npm'];
  const options = { cwd: root, stdio: ['ignore', 2, 2], shell: npm === undefined && process.platform === 'win32' };
  const { status } = spawnSync(command, [...before, ...args], options);
  if (status !== 0) stop('The dependencies could not be installed: see above.');
  // Where install scripts are switched off, the runtime has not been fetched yet.
  if (!existsSync(ownNode)) {
    const runtime = join(modules, 'node');
    spawnSync(process.execPath, ['installArchSpecificPackage.js'], { cwd: runtime, stdio: ['ignore', 2, 2] });
  }
  if (!existsSync(ownNode)) stop('Node 24 could not be installed from the npm package `node`.');
};

const programOf = (tool) => {
  if (tool === 'node') return [];
  const folder = join(modules, tools[tool]);
  const { bin: entry } = readJson(join(folder, 'package.json'));
  return [join(folder, typeof entry === 'string' ? entry : entry[tool])];
};

const [tool, ...args] = process.argv.slice(2);
if (tool !== 'node' && tools[tool] === undefined)
  stop('usage: bootstrap.mjs node|biome|tsc|vitest|redocly [arguments]');
if (Number(process.versions.node.split('.')[0]) < 20) stop('Samspil needs Node 20 or newer to start.');
if (!isInstalled()) install();

const child = spawn(ownNode, [...programOf(tool), ...args], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` },
});
// A terminal's Ctrl-C reaches the child too: passing it on would be a second one.
process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
// npm's shell dies of a signal without passing it on, which shows only in whose child we are.
const parent = process.ppid;
setInterval(() => process.ppid === parent || child.kill('SIGTERM'), 1_000).unref();
child.on('error', () => stop('Node 24 could not be started.'));
child.on('exit', (code, signal) => process.exit(signal === null ? code : 128 + constants.signals[signal]));
