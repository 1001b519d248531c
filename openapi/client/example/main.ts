// A consumer system in one file: follows a hub and keeps a copy of what it may see in SQLite, through grants, withdrawals
// and downtime, its own and the hub's. It may be killed at any moment and started again.
//   HUB_URL (default http://127.0.0.1:8080), TOKEN_COMMAND (prints a token; default: the sandbox's consumer system)
import { execSync } from 'node:child_process';
import { createClient } from '../client.ts';
import { follow } from '../follow.ts';
import { openCopy } from './copy.ts';

const [path = 'copy.sqlite'] = process.argv.slice(2);
const baseUrl = process.env['HUB_URL'] ?? 'http://127.0.0.1:8080';
const command = process.env['TOKEN_COMMAND'] ?? 'npm run -s samspil -- token --as consumer-system';

let token: string | undefined;
const client = createClient({
  baseUrl,
  // Kept until the hub refuses it.
  token: (refused) => {
    if (token === undefined || token === refused) token = execSync(command, { encoding: 'utf8' }).trim();
    return token;
  },
});

const copy = openCopy(path);
const leaving = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => leaving.abort());

let before = '';
const tell = (): void => {
  const { records, citizens } = copy.size();
  const now = `${records} records of ${citizens} citizens`;
  if (now !== before) console.log(`${new Date().toISOString()} holds ${now}`);
  before = now;
};

let put = 0;
let removed = 0;
await follow({
  client,
  store: copy,
  signal: leaving.signal,
  onPut: () => {
    put += 1;
  },
  onRemove: () => {
    removed += 1;
  },
  onCurrent: () => {
    tell();
    if (put + removed > 0) console.log(`${new Date().toISOString()} is true: ${put} put, ${removed} deleted`);
    put = 0;
    removed = 0;
  },
  onTrouble: (error) => console.error(`the hub cannot be read: ${error instanceof Error ? error.message : error}`),
});
copy.close();
