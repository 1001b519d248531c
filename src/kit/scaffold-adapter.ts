// The folder of a new adapter as texts: it compiles, refuses wrong configurations and asks no stranger from the first
// minute; what only its author can know throws, with the words what to write there.

/** `my-system` → `mySystem`. */
export const identifierOf = (name: string): string =>
  name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

const pascal = (name: string): string => {
  const own = identifierOf(name);
  return `${own[0]?.toUpperCase()}${own.slice(1)}`;
};

const config = (
  name: string,
): string => `// What a ${name} source's \`config\` block may say. Everything arrives as text: numbers are coerced.
import { z } from 'zod';

export const ${identifierOf(name)}Config = z.strictObject({
  baseUrl: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\\/+$/, '')),
  apiKey: z.string().min(1).meta({ secret: true }),
  /** Records asked for per page. */
  pageSize: z.coerce.number().int().min(1).max(1000).default(200),
});
export type ${pascal(name)}Config = z.infer<typeof ${identifierOf(name)}Config>;

export const hostsOf = ({ baseUrl }: ${pascal(name)}Config): readonly string[] => [new URL(baseUrl).host];
`;

const records = (
  name: string,
  types: boolean,
): string => `// The kinds of ${name}: zod of the bodies (loose, only what a mapping must rely on is required), zod of the checkpoints,
// and what the source really does about changes and deletions.${types ? "\n// The vendor’s own types are in openapi.d.ts (`components['schemas']`), generated; hold the zod schemas to them." : ''}
import { z } from 'zod';
import type { KindSpec } from '../../src/adapter/contract.ts';

const record = z.looseObject({ id: z.string(), cpr: z.string().optional() });

/** Where the next page begins; everything before it has been given. */
export const checkpoint = z.strictObject({ offset: z.number().int().nonnegative() });
export type ${pascal(name)}Checkpoint = z.infer<typeof checkpoint>;

export const kinds = {
  record: {
    title: 'Records of ${name}',
    body: record,
    checkpoint,
    capabilities: { mode: 'snapshot', deletes: 'absent' },
  },
} as const satisfies Record<string, KindSpec<${pascal(name)}Checkpoint>>;
`;

const client = (
  name: string,
): string => `// Requests to ${name}: pages of records, and failures as fault classes. No number of a person ever in a URL.
import type { RawRecord } from '../../src/adapter/contract.ts';
import type { Http } from '../../src/adapter/http.ts';
import type { ${pascal(name)}Config } from './config.ts';

export interface RecordPage {
  readonly records: readonly RawRecord[];
  /** There are no more. */
  readonly last: boolean;
}

export interface ${pascal(name)}Client {
  /** Asks for something that tells of no person. @throws HubError */
  ping(signal: AbortSignal): Promise<void>;
  page(offset: number, signal: AbortSignal): Promise<RecordPage>;
}

export const createClient = (http: Http, { baseUrl, apiKey, pageSize }: ${pascal(name)}Config): ${pascal(name)}Client => {
  const headers = { 'x-api-key': apiKey };
  return {
    async ping(signal) {
      await http.request({ url: \`\${baseUrl}/ping\`, headers, signal });
    },
    async page(offset, signal) {
      // Ask for \`pageSize\` records from \`offset\`, check the answer with zod (a wrong one is source/bad-answer), and give
      // each record its key. \`http\` has done time-outs, limits, the rate budget and the fault classes already.
      void [http, headers, pageSize, offset, signal];
      throw new Error('Write me: adapters/${name}/client.ts, page(): how ${name} answers a page of records.');
    },
  };
};
`;

const index = (
  name: string,
): string => `// The \`${name}\` adapter. What is known of the interface, and from where, stands in README.md.
import { defineAdapter, type PullOptions } from '../../src/adapter/contract.ts';
import { asHubError } from '../../src/errors.ts';
import { createClient } from './client.ts';
import { hostsOf, ${identifierOf(name)}Config } from './config.ts';
import { kinds, type ${pascal(name)}Checkpoint } from './records.ts';

export const ${identifierOf(name)} = defineAdapter({
  name: '${name}',
  title: '${name}',
  config: ${identifierOf(name)}Config,
  hosts: hostsOf,
  kinds,
  open: async (config, { http }) => {
    const client = createClient(http, config);
    return {
      probe: async (signal) => {
        const began = performance.now();
        const ms = (): number => Math.round(performance.now() - began);
        try {
          await client.ping(signal);
          return { up: true, ms: ms() };
        } catch (thrown) {
          const { code, message, hint } = asHubError(thrown);
          return { up: false, ms: ms(), code, message, ...(hint === undefined ? {} : { hint }) };
        }
      },
      pull: {
        record: async function* ({ after, signal }: PullOptions<${pascal(name)}Checkpoint>) {
          let offset = after?.offset ?? 0;
          for (let last = false; !last; ) {
            const page = await client.page(offset, signal);
            offset += page.records.length;
            last = page.last;
            yield { records: page.records, deleted: [], checkpoint: { offset } };
          }
        },
      },
      close: async () => undefined,
    };
  },
});
`;

const readme = (name: string): string => `# \`${name}\`

## What is known
Which document or delivery says so, and its date.

## What is a guess
What must be confirmed with the vendor, one line each: paging, times, deletions, codes, limits.

## Configuration
\`\`\`yaml
sources:
  ${name}:
    adapter: ${name}
    title: ${name}
    domain: social
    config: { baseUrl: "https://…", apiKey: "\${${name.toUpperCase().replaceAll('-', '_')}_API_KEY}" }
\`\`\`
`;

const stub = (
  name: string,
): string => `// A stub of ${name} on loopback: its real protocol, its limits, its authentication and its bad days. Notes every URL, so
// that tests can prove that no number of a person was ever in one.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const apiKey = 'sandbox-${name}-key';

export interface ${pascal(name)}Stub {
  readonly url: string;
  readonly urls: readonly string[];
  close(): Promise<void>;
}

export const start${pascal(name)}Stub = async (records: readonly { readonly id: string }[]): Promise<${pascal(name)}Stub> => {
  const urls: string[] = [];
  const send = (response: ServerResponse, status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://stub');
    urls.push(url.href);
    if (request.headers['x-api-key'] !== apiKey) return send(response, 401, {});
    if (url.pathname === '/ping') return send(response, 200, {});
    if (url.pathname !== '/records') return send(response, 404, {});
    const [offset, limit] = [Number(url.searchParams.get('offset') ?? 0), Number(url.searchParams.get('limit') ?? 50)];
    return send(response, 200, { total: records.length, items: records.slice(offset, offset + limit) });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: \`http://127.0.0.1:\${(server.address() as AddressInfo).port}\`,
    urls,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};
`;

const harness = (
  name: string,
): string => `// The stub of ${name} as the conformance suite wants it: several small pages, and canaries in every record.
import { ${identifierOf(name)} } from '../../adapters/${name}/index.ts';
import type { Subject } from '../adapter.ts';
import { apiKey, start${pascal(name)}Stub } from '../sandbox/${name}/server.ts';

const canaries = { cpr: '1203701237', name: 'Kanariefugl' };

export const ${identifierOf(name)}Subject: Subject = {
  adapter: ${identifierOf(name)},
  start: async () => {
    const records = Array.from({ length: 23 }, (_, i) => ({ id: \`r\${i}\`, cpr: canaries.cpr, name: canaries.name }));
    const stub = await start${pascal(name)}Stub(records);
    const config = { baseUrl: stub.url, apiKey, pageSize: '5' };
    return {
      config,
      badConfigs: [
        { config: { ...config, baseUrl: 'nowhere' }, path: 'baseUrl' },
        { config: { ...config, pageSize: '0' }, path: 'pageSize' },
      ],
      expected: { record: records.length },
      canaries: [...Object.values(canaries), apiKey],
      remove: async () => records.shift()?.id,
      urls: () => stub.urls,
      stop: stub.close,
      close: stub.close,
    };
  },
};
`;

const conformance = (name: string): string => `// The conformance suite over ${name}.
import { describeAdapter } from '../adapter.ts';
import { ${identifierOf(name)}Subject } from './${name}.ts';

describeAdapter('${name}', ${identifierOf(name)}Subject);
`;

/** Path below the checkout → text. @param types with the vendor's types beside it */
export const adapterScaffold = (name: string, types: boolean): ReadonlyMap<string, string> =>
  new Map([
    [`adapters/${name}/config.ts`, config(name)],
    [`adapters/${name}/records.ts`, records(name, types)],
    [`adapters/${name}/client.ts`, client(name)],
    [`adapters/${name}/index.ts`, index(name)],
    [`adapters/${name}/README.md`, readme(name)],
    [`test/sandbox/${name}/server.ts`, stub(name)],
    [`test/adapters/${name}.ts`, harness(name)],
    [`test/adapters/${name}.test.ts`, conformance(name)],
  ]);
