// A hub for tests: a server over a real database, with citizens, records, consents and units written as the store
// keeps them, and tokens of the sandbox personas. Every answer is held against the OpenAPI file.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { systemClock } from '../../src/clock.ts';
import { hubConfig } from '../../src/config/hub.ts';
import { createServer, type ServerOptions } from '../../src/http/server.ts';
import { createLogger } from '../../src/log.ts';
import { parseNumber } from '../../src/model/cpr.ts';
import type { AccessLog } from '../../src/store/access-log.ts';
import { bodyContext, strippedContext } from '../../src/store/bodies.ts';
import { createKeyRing, type KeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import type { Pool } from '../../src/store/db.ts';
import { enrol } from '../../src/store/enrolment.ts';
import type { LogEntry } from '../../src/store/log-entry.ts';
import { openSandboxIssuer, type SandboxIssuer, type SignOptions } from '../sandbox/issuer.ts';
import { type Persona, type PersonaId, personaOf } from '../sandbox/personas.ts';
import { createAnswerCheck } from './answer-check.ts';

export const config = hubConfig.parse({
  municipality: { code: '0999', name: 'Egevang' },
  purposes: ['coordinated-plan', 'follow-up'],
  enrolmentBases: [{ code: 'lab-40-3', title: 'LAB § 40 stk. 3' }],
  consumers: [{ id: 'borgerportal', organisation: 'egevang-borgerportal', contact: 'x@egevang.example' }],
  sources: {
    momentum: { adapter: 'momentum', title: 'Momentum', domain: 'employment', master: 'yes', freshFor: '10m' },
    sensum: { adapter: 'files', title: 'Sensum', domain: 'social', freshFor: '2h', existenceShown: 'no' },
    kalender: { adapter: 'fhir', title: 'KMD Nexus', domain: 'health' },
  },
  masterDataOrder: ['momentum'],
  emergencyRoles: ['nurse'],
});

export interface RecordInput {
  /** Default: a random one. The content hash follows from a given id. */
  readonly id?: string;
  readonly kind?: string;
  readonly citizens: readonly Person[];
  readonly domain?: string;
  readonly source?: string;
  readonly sensitivity?: string;
  readonly ownerUnit?: string;
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Fields that go when a protected person is in the record. */
  readonly protectedFields?: Readonly<Record<string, unknown>>;
  readonly encrypted?: boolean;
  readonly withheld?: boolean;
  readonly staleSince?: Date;
}

export interface Person {
  readonly cpr: string;
  readonly id: string;
  readonly identity: number;
  readonly enrolment: string;
}

const defaults: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  plan: { type: { code: 'min-plan', display: 'Min Plan' }, title: 'Min Plan', status: 'active' },
  goal: { category: 'goal', text: 'Komme i praktik', status: 'active' },
  intervention: { type: 'intervention', title: 'Mentor', status: 'active', period: { start: '2026-02-01' } },
  contact: { role: { code: 'mentor', display: 'Mentor' }, professional: true },
  rating: {
    influence: 4,
    cooperation: 3,
    direction: 4,
    author: 'Borgeren',
    at: '2026-11-20T10:00:00.000Z',
    version: 1,
  },
  appointment: { title: 'Opfølgning', start: '2026-12-01T09:00:00Z', status: 'planned' },
};

/** What every writer of the hub does last: whoever reads these citizens looks again. */
const look = (pool: Pool, citizens: readonly string[]): Promise<unknown> =>
  pool.query(
    'select append_changes($1, array_fill(null::uuid, array[cardinality($1::uuid[])]), array_fill($2::text, array[cardinality($1::uuid[])]))',
    [citizens, 'look'],
  );

export const createWorld = (pool: Pool, keys: KeyRing) => ({
  async person(cpr: string): Promise<Person> {
    const number = parseNumber(cpr);
    if (number === undefined) throw new Error('not a number');
    const { citizenId, enrolmentId } = await enrol(pool, keys, [], { number, basis: 'lab-40-3', by: 'test' });
    const { rows } = await pool.query<{ id: number }>('select id from identity where citizen_id = $1', [citizenId]);
    return { cpr, id: citizenId, identity: Number(rows[0]?.id), enrolment: enrolmentId };
  },
  async unit(id: string, parent: string | null, type = 'unit'): Promise<void> {
    await pool.query(
      `insert into unit_version (unit_id, parent_id, name, type, valid_from) values ($1, $2, $1, $3, '2020-01-01')`,
      [id, parent, type],
    );
  },
  async record(input: RecordInput): Promise<string> {
    const id = input.id ?? randomUUID();
    const kind = input.kind ?? 'plan';
    const { domain = 'employment', source = 'momentum', sensitivity = 'normal' } = input;
    const common = {
      id,
      kind,
      domain,
      source,
      sensitivity,
      observedAt: '2026-11-20T10:00:00.000Z',
      mapping: `${source}.x@1`,
    };
    const without = { ...common, ...defaults[kind], ...input.fields };
    const full = JSON.stringify({ ...without, ...input.protectedFields });
    const stripped = input.protectedFields === undefined ? null : JSON.stringify(without);
    await pool.query(
      `insert into record (id, source, source_kind, key, entity, part, domain, sensitivity, owner_unit, content_hash, mapping, observed_at, stale_since)
       values ($1::uuid, $2, 'x', $1::uuid::text, $3, '', $4, $5, $6, $7, $8, now(), $9)`,
      [
        id,
        source,
        kind,
        domain,
        sensitivity,
        input.ownerUnit ?? null,
        input.id === undefined ? randomBytes(32) : createHash('sha256').update(id).digest(),
        common.mapping,
        input.staleSince ?? null,
      ],
    );
    const cipher = input.encrypted === true;
    await pool.query(
      `insert into record_body (record_id, body, cipher, stripped, stripped_cipher, shown_hash, stripped_hash)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [
        id,
        cipher ? null : full,
        cipher ? keys.encrypt(full, bodyContext(id)) : null,
        cipher ? null : stripped,
        cipher && stripped !== null ? keys.encrypt(stripped, strippedContext(id)) : null,
        keys.fingerprint(full),
        stripped === null ? null : keys.fingerprint(stripped),
      ],
    );
    if (kind === 'citizen')
      for (const person of input.citizens)
        await pool.query(
          'insert into citizen_record (record_id, citizen_id, identity_id, source) values ($1, $2, $3, $4)',
          [id, person.id, person.identity, source],
        );
    else
      for (const person of input.citizens)
        await pool.query(
          `insert into record_version (record_id, citizen_id, identity_id, kind, domain, source, sensitivity, owner_unit, withheld, valid_from)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, now() - interval '1 day')`,
          [
            id,
            person.id,
            person.identity,
            kind,
            domain,
            source,
            sensitivity,
            input.ownerUnit ?? null,
            input.withheld ?? false,
          ],
        );
    await look(
      pool,
      input.citizens.map((person) => person.id),
    );
    return id;
  },
  async link(from: string, rel: string, to: string): Promise<void> {
    await pool.query('insert into link (from_id, rel, to_id) values ($1, $2, $3)', [from, rel, to]);
    const { rows } = await pool.query<{ id: string }>(
      'select citizen_id as id from record_version where record_id = $1',
      [from],
    );
    await look(
      pool,
      rows.map((row) => row.id),
    );
  },
  async say(
    person: Person,
    decision: 'grant' | 'refuse',
    recipient: string | null,
    options: {
      readonly domains?: readonly string[];
      readonly upTo?: string;
      readonly record?: string;
      readonly id?: string;
    } = {},
  ): Promise<string> {
    const id = options.id ?? randomUUID();
    await pool.query(
      `insert into consent (id, version, citizen_id, numbers, decision, recipient, domains, record_id, up_to, valid_from, recorded_at, recorded_by, recorded_as)
       values ($1, 1, $2, $3, $4, $5, $6, $7, $8, now() - interval '1 hour', now() - interval '1 hour', 'citizen', 'citizen')`,
      [
        id,
        person.id,
        [person.identity],
        decision,
        recipient,
        options.domains ?? null,
        options.record ?? null,
        options.upTo ?? 'normal',
      ],
    );
    await look(pool, [person.id]);
    return id;
  },
  async protect(person: Person): Promise<void> {
    await pool.query(
      `insert into protection (record_id, citizen_id, valid_from, recorded_at) values ($1, $2, now() - interval '1 day', now() - interval '1 day')`,
      [randomUUID(), person.id],
    );
    await look(pool, [person.id]);
  },
  async synced(source: string, kind: string, at: Date | null): Promise<void> {
    await pool.query(
      'insert into sync_state (source, kind, last_complete_at) values ($1, $2, $3) on conflict (source, kind) do update set last_complete_at = excluded.last_complete_at',
      [source, kind, at],
    );
  },
});
export type World = ReturnType<typeof createWorld>;

/** An access log that only remembers, and can be told to fail. */
export const rememberingLog = (): AccessLog & { readonly entries: LogEntry[]; broken: Error | undefined } => ({
  entries: [],
  broken: undefined,
  async write(entries) {
    if (this.broken !== undefined) throw this.broken;
    this.entries.push(...entries);
  },
  writeWith(_, entries) {
    return this.write(entries);
  },
  async close() {},
});

export interface Hub {
  readonly app: FastifyInstance;
  readonly keys: KeyRing;
  readonly world: World;
  readonly issuer: SandboxIssuer;
  token(persona: PersonaId | Persona, options?: SignOptions): Promise<string>;
  /** A request by a persona; the answer has been held against the OpenAPI file. */
  ask(
    persona: PersonaId | Persona,
    request: InjectOptions | string,
    options?: SignOptions,
  ): Promise<LightMyRequestResponse>;
}

export const personaNamed = (id: string): Persona => {
  const persona = personaOf(id);
  if (persona === undefined) throw new Error(`no persona ${id}`);
  return persona;
};

export interface HubOptions extends Partial<ServerOptions> {
  /** Benchmarks do without holding answers against the OpenAPI file. */
  readonly unchecked?: boolean;
}

export const createHub = async (pool: Pool, options: HubOptions = {}): Promise<Hub> => {
  const keys = options.keys ?? createKeyRing(newKeyMaterial());
  const issuer = await openSandboxIssuer();
  const log = createLogger({ level: 'silent' });
  const accessLog = options.accessLog ?? rememberingLog();
  const app = await createServer({
    pool,
    keys,
    accessLog,
    config,
    clock: systemClock,
    log,
    issuers: [issuer.issuer],
    ...options,
  });
  if (options.unchecked !== true) createAnswerCheck(app);
  const token: Hub['token'] = (persona, given) =>
    issuer.sign(typeof persona === 'string' ? personaNamed(persona) : persona, given);
  return {
    app,
    keys,
    issuer,
    world: createWorld(pool, keys),
    token,
    async ask(persona, request, given) {
      const wanted = typeof request === 'string' ? { url: request } : request;
      return app.inject({
        ...wanted,
        headers: { authorization: `Bearer ${await token(persona, given)}`, ...wanted.headers },
      });
    },
  };
};
