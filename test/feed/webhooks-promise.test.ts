// The AsyncAPI file and the `webhooks` of the OpenAPI file promise the same, and its examples keep it.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect, it } from 'vitest';
import { readYaml } from '../../src/config/yaml.ts';
import { openApiDocument } from '../../src/http/documents.ts';

type Json = Readonly<Record<string, unknown>>;
interface Document {
  readonly components: {
    readonly schemas: Readonly<Record<string, Json>>;
    readonly messages: Readonly<
      Record<string, { readonly payload: Json; readonly headers?: Json; readonly examples?: readonly Json[] }>
    >;
  };
}
const file = new URL('../../openapi/webhooks.v1.yaml', import.meta.url).pathname;
const asyncApi = readYaml(file, { jsonAt: [] }) as unknown as Document;
const openApi = openApiDocument() as unknown as Document;

/** Without what is only for people. */
const bare = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(bare)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value).flatMap(([key, one]) => (key === 'description' ? [] : [[key, bare(one)]])),
        )
      : value;

it.each(['ChangesAvailable', 'PurgeReminder', 'SubscriptionChallenge', 'Uuid', 'Instant'])(
  '%s is the same in both',
  (name) => {
    expect(bare(asyncApi.components.schemas[name])).toEqual(bare(openApi.components.schemas[name]));
  },
);

it('its examples keep it, and what names anybody does not', () => {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  const { components } = asyncApi;
  for (const { payload, headers, examples } of Object.values(components.messages))
    for (const example of examples ?? []) {
      const validate = ajv.compile({ ...payload, components });
      expect(validate(example['payload']), JSON.stringify(validate.errors)).toBe(true);
      expect(ajv.compile({ ...headers, components })(example['headers'])).toBe(true);
      const { data, ...event } = example['payload'] as { data: object };
      expect(validate({ ...event, data: { ...data, citizen: 'x' } })).toBe(false);
    }
});

it('is clean', async () => {
  const { stdout, stderr } = await promisify(execFile)('redocly', ['lint', file, '--format=json'], {
    env: { ...process.env, REDOCLY_TELEMETRY: 'off' },
  });
  expect(JSON.parse(stdout).totals, stderr).toMatchObject({ errors: 0, warnings: 0 });
});
