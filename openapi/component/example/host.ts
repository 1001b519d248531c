// A caseworker's tool that is not Samspil: its own server on its own port, with a policy of its own. It shows a page with
// the component, and gives that page tokens for the person who sits there: in a real tool from its own log-in.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { promisify } from 'node:util';

const hub = process.env['HUB_URL'] ?? 'http://127.0.0.1:8080';
const port = Number(process.env['PORT'] ?? 8090);
const persona = process.env['PERSONA'] ?? 'caseworker-employment';
/** Where Samspil lies; this folder may be copied anywhere. */
const home = process.env['SAMSPIL_HOME'] ?? new URL('../../..', import.meta.url).pathname;
const run = promisify(execFile);
const fileOf = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

/** The demonstration's stand-in for a log-in: the sandbox's issuer signs for whoever is asked for. */
const samspil = async (...command: readonly string[]): Promise<string> => {
  const { stdout } = await run('npm', ['run', '-s', 'samspil', '--', ...command], {
    cwd: home,
  });
  return stdout.trim();
};

const told = async (command: string): Promise<Readonly<Record<string, string>>> =>
  JSON.parse(await samspil('--json', command));

/** The script's address with its digest, and whose plan it is: the same for as long as this runs. */
const placesOf = async (): Promise<Readonly<Record<string, string>>> => {
  const [{ src = '', integrity = '' }, { id = '' }] = await Promise.all([told('component'), told('showcase')]);
  return { hub, src, integrity, citizen: id };
};
let places: Readonly<Record<string, string>> = {};

const page = async (): Promise<string> =>
  fileOf('page.html').replace(/\{\{(\w+)\}\}/g, (_, name: string) => places[name] ?? '');

/** Nothing inline; scripts of this tool and of the hub, and questions to both. */
const policy = `default-src 'none'; script-src 'self' ${hub}; style-src 'self'; connect-src 'self' ${hub}; base-uri 'none'; frame-ancestors 'none'`;

const answers: Readonly<Record<string, readonly [type: string, body: () => Promise<string>]>> = {
  '/': ['text/html', page],
  '/tool.js': ['text/javascript', async () => fileOf('tool.js')],
  '/tool.css': ['text/css', async () => fileOf('tool.css')],
  '/token': ['text/plain', () => samspil('token', '--as', persona)],
};

const answer = async (path: string, response: ServerResponse): Promise<void> => {
  const found = answers[path];
  if (found === undefined) {
    response.writeHead(404).end();
    return;
  }
  const [type, body] = found;
  const headers = { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store' };
  const text = await body();
  response.writeHead(200, { ...headers, 'content-security-policy': policy }).end(text);
};

/** What is missing is said before anybody opens a page. */
const missing = async (): Promise<string | undefined> => {
  const ready = await fetch(`${hub}/health/ready`).catch(() => undefined);
  if (ready?.ok !== true) return `No hub answers at ${hub}. Start one in Samspil's folder (npm start), or set HUB_URL.`;
  try {
    places = await placesOf();
    return undefined;
  } catch {
    return `There is no Samspil in ${home}. Set SAMSPIL_HOME to its folder: this page's tokens come from there.`;
  }
};

const fault = await missing();
if (fault !== undefined) {
  process.stderr.write(`${fault}\n`);
  process.exit(1);
}
createServer((request, response) => {
  answer(request.url ?? '/', response).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    response.writeHead(500).end('The token or the page could not be made; the terminal says why.');
  });
}).listen(port, '127.0.0.1', () => process.stdout.write(`${persona} at http://127.0.0.1:${port}\n`));
