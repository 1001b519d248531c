// A caseworker's tool that is not Samspil: its own server on its own port, with a policy of its own. It shows a page with
// the component, and gives that page tokens for the person who sits there: in a real tool from its own log-in.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { promisify } from 'node:util';

const hub = process.env['HUB_URL'] ?? 'http://127.0.0.1:8080';
const port = Number(process.env['PORT'] ?? 8090);
const persona = process.env['PERSONA'] ?? 'caseworker-employment';
const run = promisify(execFile);
const fileOf = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

/** The demonstration's stand-in for a log-in: the sandbox's issuer signs for whoever is asked for. */
const samspil = async (...command: readonly string[]): Promise<string> => {
  const { stdout } = await run('npm', ['run', '-s', 'samspil', '--', ...command], {
    cwd: new URL('../../..', import.meta.url).pathname,
  });
  return stdout.trim();
};

const integrity = async (): Promise<{ readonly src: string; readonly integrity: string }> =>
  JSON.parse(await samspil('--json', 'component')) as { src: string; integrity: string };

const page = async (): Promise<string> => {
  const script = await integrity();
  const { id } = JSON.parse(await samspil('--json', 'showcase')) as { id: string };
  const values: Readonly<Record<string, string>> = { hub, citizen: id, ...script };
  return fileOf('page.html').replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '');
};

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

createServer((request, response) => {
  answer(request.url ?? '/', response).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    response.writeHead(500).end('Is the sandbox running? npm start');
  });
}).listen(port, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${port}\n`));
