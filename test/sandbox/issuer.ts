// The sandbox's own token issuer: a key pair kept in the data folder, and tokens that say what a persona is. Only the
// sandbox trusts it: a hub without a sandbox never loads this file.
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import type { Issuer } from '../../src/http/issuer.ts';
import type { Persona } from './personas.ts';

export const sandboxIssuerName = 'urn:samspil:sandbox';
export const sandboxAudience = 'urn:samspil:hub';

export interface SignOptions {
  /** Hub citizen id: for the persona `citizen` (and representatives). */
  readonly citizen?: string;
  /** The person's own number, as a real log-in would give it. */
  readonly cpr?: string;
  readonly purpose?: string;
  /** The system the person works in (`act`). */
  readonly actingSystem?: string;
  readonly lifetimeSeconds?: number;
  readonly now?: Date;
  readonly claims?: Readonly<Record<string, unknown>>;
}

export interface SandboxIssuer {
  /** What the hub needs to trust it. */
  readonly issuer: Issuer;
  sign(persona: Persona, options?: SignOptions): Promise<string>;
  /** An identity token of the sandbox's provider: it says who logged in, and opens nothing. */
  signIdentity(given: IdentityOptions): Promise<string>;
}

export interface IdentityOptions {
  readonly provider: string;
  readonly client: string;
  readonly subject: string;
  readonly name: string;
  readonly nonce?: string;
  readonly now: Date;
}

interface KeyFile {
  readonly kid: string;
  readonly privateJwk: JWK;
  readonly publicJwk: JWK;
}

const readKeys = async (path: string): Promise<KeyFile | undefined> => {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as KeyFile;
  } catch {
    return undefined;
  }
};

const makeKeys = async (): Promise<KeyFile> => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const kid = randomUUID();
  return {
    kid,
    privateJwk: await exportJWK(privateKey),
    publicJwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' },
  };
};

/** Two processes may start together: whoever comes second uses the first one's keys. */
const keptKeys = async (folder: string): Promise<KeyFile | undefined> => {
  const path = join(folder, 'sandbox-issuer.json');
  const known = await readKeys(path);
  if (known !== undefined) return known;
  const made = await makeKeys();
  await mkdir(folder, { recursive: true });
  return writeFile(path, JSON.stringify(made), { mode: 0o600, flag: 'wx' }).then(
    () => made,
    () => readKeys(path),
  );
};

const claimsOf = (persona: Persona): Record<string, unknown> => ({
  kind: persona.kind,
  role: persona.role,
  organisation: persona.organisation,
  unit: persona.unit,
  domain: persona.domain,
  sector: persona.sector,
  assurance: persona.assurance,
  consumer: persona.consumer,
  scope: persona.scopes.join(' '),
});

/** Opens the issuer of a data folder; its keys are made the first time. Without a folder they are kept nowhere. */
export const openSandboxIssuer = async ({ folder }: { readonly folder?: string } = {}): Promise<SandboxIssuer> => {
  const keys = folder === undefined ? await makeKeys() : await keptKeys(folder);
  if (keys === undefined) throw new Error('The sandbox issuer has no keys.');
  const key = await importJWK(keys.privateJwk, 'ES256');
  return {
    issuer: {
      issuer: sandboxIssuerName,
      audience: sandboxAudience,
      algorithms: ['ES256'],
      claims: {},
      keys: { jwks: { keys: [keys.publicJwk] } },
    },
    async sign(persona, given = {}) {
      const now = Math.floor((given.now ?? new Date()).getTime() / 1000);
      return new SignJWT({
        ...claimsOf(persona),
        purpose: given.purpose ?? 'coordinated-plan',
        citizen: given.citizen,
        cpr: given.cpr,
        act: given.actingSystem === undefined ? undefined : { sub: given.actingSystem },
        ...given.claims,
      })
        .setProtectedHeader({ alg: 'ES256', kid: keys.kid, typ: 'JWT' })
        .setIssuer(sandboxIssuerName)
        .setAudience(sandboxAudience)
        .setSubject(persona.person)
        .setJti(randomUUID())
        .setIssuedAt(now)
        .setNotBefore(now)
        .setExpirationTime(now + (given.lifetimeSeconds ?? 8 * 3600))
        .sign(key);
    },
    async signIdentity({ provider, client, subject, name, nonce, now: at }) {
      const now = Math.floor(at.getTime() / 1000);
      return new SignJWT({ name, nonce, auth_time: now })
        .setProtectedHeader({ alg: 'ES256', kid: keys.kid, typ: 'JWT' })
        .setIssuer(provider)
        .setAudience(client)
        .setSubject(subject)
        .setIssuedAt(now)
        .setExpirationTime(now + 300)
        .sign(key);
    },
  };
};
