// The promise itself: the OpenAPI file says what the model says, the check of answers can fail, and the documents are
// served without asking anyone else.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openApiDocument } from '../../src/http/documents.ts';
import { type Kind, kinds, planLists } from '../../src/model/kinds.ts';
import { domains, linkRels, sensitivities, statuses } from '../../src/model/values.ts';
import { useDatabase } from '../postgres.ts';
import { createChecker } from './answer-check.ts';
import { createHub, type Hub } from './fixture.ts';

type Schema = Readonly<Record<string, unknown>> & {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly enum?: readonly string[];
  readonly items?: Schema;
};
const document = openApiDocument() as {
  components: { schemas: Record<string, Schema> };
  paths: Record<string, object>;
};
const schemas = document.components.schemas;
const follow = (schema: Schema | undefined): Schema =>
  schema?.$ref === undefined ? (schema ?? {}) : follow(schemas[schema.$ref.split('/').at(-1) ?? '']);
const capital = (kind: string): string => `${kind[0]?.toUpperCase()}${kind.slice(1)}`;

const modelOf = (kind: Kind): Schema => z.toJSONSchema(kinds[kind], { unrepresentable: 'any' }) as Schema;
const revealing = (kind: Kind): ReadonlySet<string> =>
  new Set(
    Object.entries(kinds[kind].shape as Record<string, z.ZodType>).flatMap(([name, field]) =>
      field.meta()?.reveals === undefined ? [] : [name],
    ),
  );

/** Field names, enumerations and nested names of two object schemas agree. */
const sameShape = (model: Schema, promise: Schema, at: string): void => {
  const names = Object.keys(model.properties ?? {});
  expect(Object.keys(promise.properties ?? {}), at).toEqual(expect.arrayContaining(names));
  for (const name of names) {
    const [mine, theirs] = [model.properties?.[name] ?? {}, follow(promise.properties?.[name])];
    if (mine.enum !== undefined) expect(theirs.enum, `${at}.${name}`).toEqual(mine.enum);
    if (mine.properties !== undefined) {
      sameShape(mine, theirs, `${at}.${name}`);
      expect(Object.keys(theirs.properties ?? {}).sort(), `${at}.${name}`).toEqual(Object.keys(mine.properties).sort());
    }
    if (mine.items?.properties !== undefined) sameShape(mine.items, follow(theirs.items), `${at}.${name}[]`);
  }
};

describe('the OpenAPI file and the model', () => {
  it.each(Object.keys(planLists) as Kind[])('agree on %s: names, values and what is required', (kind) => {
    const model = modelOf(kind);
    const fields = schemas[`${capital(kind)}Fields`] ?? {};
    sameShape(model, fields, kind);
    expect(Object.keys(fields.properties ?? {}).sort()).toEqual(
      ['kind', ...Object.keys(model.properties ?? {})].sort(),
    );
    // What protection may take away cannot be promised.
    const required = (model.required ?? []).filter((name) => !revealing(kind).has(name));
    expect([...(schemas[capital(kind)]?.required ?? [])].sort()).toEqual([...required].sort());
  });

  it('agree on master data and on the small values', () => {
    sameShape(modelOf('citizen'), schemas['CitizenFields'] ?? {}, 'citizen');
    expect(schemas['Status']?.enum).toEqual(statuses);
    expect(schemas['Domain']?.enum).toEqual(domains);
    expect(schemas['Sensitivity']?.enum).toEqual(sensitivities);
    expect(follow(schemas['Link']).properties?.['rel']?.enum).toEqual(linkRels);
    expect(schemas['Kind']?.enum).toEqual(Object.keys(planLists));
  });

  it('the file is clean', async () => {
    const { stdout, stderr } = await promisify(execFile)('redocly', ['lint', 'openapi/feed.v1.yaml', '--format=json'], {
      env: { ...process.env, REDOCLY_TELEMETRY: 'off' },
    });
    expect(JSON.parse(stdout).totals, stderr).toMatchObject({ errors: 0, warnings: 0 });
  });
});

describe('the check of answers', () => {
  const check = createChecker();
  it('finds an undeclared field, status and content type', () => {
    const json = 'application/json; charset=utf-8';
    const id = '7f9c24e8-3b12-8fef-91e0-56a2d5a5bb02';
    expect(check('POST', '/v1/citizens/lookup', 200, json, `{"id":"${id}"}`)).toBeUndefined();
    expect(check('POST', '/v1/citizens/lookup', 200, json, `{"id":"${id}","cpr":"x"}`)).toContain('additional');
    expect(check('POST', '/v1/citizens/lookup', 200, 'text/html', '')).toContain('not declared');
    expect(check('POST', '/v1/citizens/lookup', 302, json, '{}')).toContain('not declared');
    expect(check('GET', '/v1/nowhere', 200, json, '{}')).toContain('not declared');
    const goal = { id, kind: 'goal', note: 'x' };
    const plan = { citizen: { id, kind: 'citizen' }, asOf: '2026-11-21T10:00:00Z', sources: [], goals: [goal] };
    expect(check('GET', '/v1/citizens/:id/plan', 200, json, JSON.stringify(plan))).toBeDefined();
    expect(
      check('GET', '/v1/citizens/:id/plan', 200, json, JSON.stringify({ ...plan, goals: [{ id, kind: 'goal' }] })),
    ).toBeUndefined();
  });
});

describe('documents', () => {
  const database = useDatabase();
  let hub: Hub;
  beforeAll(async () => {
    hub = await createHub(database.pool());
  });

  it('serves the file, and every route it declares is there', async () => {
    const answer = await hub.app.inject('/openapi.json');
    expect(answer.json().openapi).toBe('3.1.1');
    for (const [path, operations] of Object.entries(document.paths))
      for (const method of Object.keys(operations))
        expect(
          hub.app.hasRoute({ method: method.toUpperCase() as 'GET', url: path.replace(/\{(\w+)\}/g, ':$1') }),
          `${method} ${path}`,
        ).toBe(true);
  });

  it('/docs loads its script from here and may load nothing from elsewhere', async () => {
    const page = await hub.app.inject('/docs/');
    expect(page.statusCode).toBe(200);
    const sources = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]);
    expect(sources.filter((source) => /^(https?:)?\/\//.test(source ?? ''))).toEqual([]);
    expect(page.headers['content-security-policy']).toContain("connect-src 'self'");
    const script = sources.find((source) => source?.endsWith('.js')) ?? '';
    const asset = await hub.app.inject(new URL(script, 'http://x/docs/').pathname);
    expect(asset.headers['content-type']).toContain('javascript');
    expect(page.headers['content-security-policy']).toMatch(/script-src 'self' 'unsafe-inline'(;|$)/);
  });

  it('live is always, ready when the schema is current and the hub says so', async () => {
    expect((await hub.app.inject('/health/live')).json()).toEqual({ status: 'ok' });
    expect((await hub.app.inject('/health/ready')).statusCode).toBe(200);
    let ready = false;
    const starting = await createHub(database.pool(), { ready: async () => ready });
    expect((await starting.app.inject('/health/ready')).json()).toMatchObject({ status: 'starting' });
    ready = true;
    expect((await starting.app.inject('/health/ready')).statusCode).toBe(200);
    await database.pool().query(`update schema_migration set hash = 'other' where number = 1`);
    expect((await starting.app.inject('/health/ready')).json()).toEqual({ status: 'failing', schema: 'outdated' });
  });

  it('/v1/sources needs a token and no purpose', async () => {
    expect((await hub.app.inject('/v1/sources')).statusCode).toBe(401);
    const answer = await hub.ask('dpo', '/v1/sources', { claims: { purpose: undefined } });
    expect(answer.json().sources.map((source: { state: string }) => source.state)).toEqual([
      'unknown',
      'unknown',
      'unknown',
    ]);
  });
});
