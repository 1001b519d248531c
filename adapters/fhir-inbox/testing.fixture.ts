// For this folder's tests: the adapter over a folder of its own, with an inbox in memory and its log lines at hand.
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Inbox, Page, Receipt } from '../../src/adapter/contract.ts';
import { createHttp } from '../../src/adapter/http.ts';
import { systemClock } from '../../src/clock.ts';
import { createLogger } from '../../src/log.ts';
import { fhirInbox } from './index.ts';
import { memoryInbox } from './look.ts';

export interface Desk {
  readonly folder: string;
  readonly lines: readonly string[];
  drop(name: string, content: object | string, ageMs?: number): Promise<void>;
  pull(kind: 'hospitalStay' | 'careCommunication', after?: number): Promise<readonly Page<unknown>[]>;
  post(content: object | string, contentType?: string): Promise<Receipt>;
  files(sub?: string): Promise<readonly string[]>;
  read(sub: string): Promise<readonly Acknowledged[]>;
  close(): Promise<void>;
}

/** What matters of an acknowledgement. */
export interface Acknowledged {
  readonly of: string;
  readonly code: string;
  readonly element?: string;
  readonly details?: string;
  readonly text: string;
}

interface Written {
  readonly entry: readonly {
    readonly resource: {
      readonly resourceType: string;
      readonly response?: { readonly identifier: string; readonly code: string };
      readonly issue?: readonly {
        readonly expression: readonly string[];
        readonly details: { readonly coding: readonly { readonly code: string }[] };
      }[];
    };
  }[];
}

export const acknowledged = (text: string): Acknowledged => {
  const resources = (JSON.parse(text) as Written).entry.map(({ resource }) => resource);
  const response = resources.find(({ resourceType }) => resourceType === 'MessageHeader')?.response;
  const [issue] = resources.find(({ resourceType }) => resourceType === 'OperationOutcome')?.issue ?? [];
  return {
    of: response?.identifier ?? '',
    code: response?.code ?? '',
    ...(issue === undefined
      ? {}
      : { element: issue.expression[0] ?? '', details: issue.details.coding[0]?.code ?? '' }),
    text,
  };
};

export const openDesk = async (more: object = {}, given: Inbox | 'none' = memoryInbox()): Promise<Desk> => {
  const folder = await mkdtemp(join(tmpdir(), 'samspil-desk-'));
  const lines: string[] = [];
  const log = createLogger({ level: 'debug', destination: { write: (line) => void lines.push(line) } });
  const config = fhirInbox.config.parse({ transport: 'folder', folder, settleSeconds: '0', ...more });
  const context = { log, clock: systemClock, ...(given === 'none' ? {} : { inbox: given }) };
  const source = await fhirInbox.open(config, { ...context, http: createHttp({ hosts: [] }) });
  const text = (content: object | string): string => (typeof content === 'string' ? content : JSON.stringify(content));
  const files = async (sub = ''): Promise<readonly string[]> =>
    (await readdir(join(folder, sub), { withFileTypes: true }).catch(() => []))
      .flatMap((entry) => (entry.isFile() ? [entry.name] : []))
      // Without the mark of their content.
      .map((name) => (sub === '' || sub === 'ack' ? name : name.replace(/\.[0-9a-f]{16}(?=\.|$)/, '')))
      .sort();
  return {
    folder,
    lines,
    files,
    async drop(name, content, ageMs = 0) {
      await writeFile(join(folder, name), text(content));
      const at = new Date(Date.now() - ageMs);
      await utimes(join(folder, name), at, at);
    },
    async pull(kind, after) {
      const pages: Page<unknown>[] = [];
      const signal = AbortSignal.timeout(10_000);
      const from = after === undefined ? null : { position: after };
      for await (const page of source.pull[kind]({ after: from, signal })) pages.push(page);
      return pages;
    },
    post: (content, contentType = 'application/fhir+json') =>
      fhirInbox.receive?.({ contentType, body: text(content) }, config, context) ??
      Promise.reject(new Error('no receive')),
    read: async (sub) =>
      Promise.all(
        (await files(sub)).map(async (name) => acknowledged(await readFile(join(folder, sub, name), 'utf8'))),
      ),
    close: () => rm(folder, { recursive: true, force: true }),
  };
};
