// Issuers: keys that roll while the hub runs, kinds of token, tokens bound to a client certificate, chains of systems, and
// issuers that must not speak for each other's people.
import { createHash, X509Certificate } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { hubCert, serverCert } from '../../src/adapter/tls.fixture.ts';
import { hubConfig } from '../../src/config/hub.ts';
import { type Issuer, issuersOf } from '../../src/http/issuer.ts';
import { createTokenVerifier } from '../../src/http/tokens.ts';
import { useDatabase } from '../postgres.ts';
import { config, createHub, type Hub, rememberingLog } from './fixture.ts';

const database = useDatabase();

interface Key {
  readonly kid: string;
  readonly jwk: JWK;
  sign(more?: object, typ?: string): Promise<string>;
}
const newKey = async (kid: string, issuer = 'urn:test:idp'): Promise<Key> => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  return {
    kid,
    jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' },
    sign: (more = {}, typ = 'at+jwt') =>
      new SignJWT({ kind: 'professional', assurance: 'High', scope: 'plan.read', purpose: 'coordinated-plan', ...more })
        .setProtectedHeader({ alg: 'ES256', kid, typ })
        .setIssuer(issuer)
        .setAudience('urn:hub')
        .setSubject('42')
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(privateKey),
  };
};

/** An issuer's key address on this machine. */
const serveKeys = async (...first: readonly Key[]) => {
  const state = { keys: first, fetches: 0, down: false };
  const server = createServer((_request, response) => {
    state.fetches += 1;
    response.statusCode = state.down ? 500 : 200;
    response.end(JSON.stringify({ keys: state.keys.map((key) => key.jwk) }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return { state, uri: `http://127.0.0.1:${port}/jwks`, close: () => server.close() };
};

const issuerAt = (keys: Issuer['keys'], more: Partial<Issuer> = {}): Issuer => ({
  issuer: 'urn:test:idp',
  audience: 'urn:hub',
  algorithms: ['ES256'],
  claims: {},
  keys,
  ...more,
});

describe('keys that roll', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('are fetched when an unknown one is named, at most every 15 s, and forgotten when withdrawn', async () => {
    const [old, next] = [await newKey('old'), await newKey('next')];
    const served = await serveKeys(old);
    let now = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now });
    const wait = (ms: number): void => {
      now += ms;
      vi.setSystemTime(now);
    };
    const verifier = createTokenVerifier([issuerAt({ uri: served.uri })], new Map(), { now: () => new Date(now) });
    const [oldToken, nextToken] = [await old.sign(), await next.sign()];
    await verifier.verify(oldToken);
    expect(served.state.fetches).toBe(1);

    served.state.keys = [old, next];
    for (let attempt = 0; attempt < 20; attempt += 1)
      await expect(verifier.verify(nextToken)).rejects.toMatchObject({ code: 'request/unauthorised' });
    expect(served.state.fetches).toBe(1);
    wait(16_000);
    await verifier.verify(nextToken);
    expect(served.state.fetches).toBe(2);
    wait(16_000);
    const guesses = await Promise.all(Array.from({ length: 20 }, async (_, n) => (await newKey(`k${n}`)).sign()));
    const answers = await Promise.allSettled(guesses.map((token) => verifier.verify(token)));
    expect(answers.every((answer) => answer.status === 'rejected')).toBe(true);
    expect(served.state.fetches).toBe(3);

    // A key taken back is out with the next fetch, ten minutes later at most, and the minute a token is remembered.
    served.state.keys = [next];
    wait(601_000);
    await expect(verifier.verify(oldToken)).rejects.toMatchObject({ code: 'request/unauthorised' });
    served.state.down = true;
    await verifier.verify(nextToken);
    wait(601_000);
    await expect(verifier.verify(nextToken)).rejects.toMatchObject({ code: 'source/unreachable' });
    served.close();
  });
});

describe('a token', () => {
  let key: Key;
  const log = rememberingLog();
  const pem = encodeURIComponent(hubCert);
  const thumbprint = createHash('sha256').update(new X509Certificate(hubCert).raw).digest('base64url');
  const bound = { cnf: { 'x5t#S256': thumbprint } };
  let hub: Hub;
  const hubWith = (more: Partial<Issuer>) =>
    createHub(database.pool(), {
      accessLog: log,
      config: { ...config, trustedProxies: ['10.8.0.0/16', 'loopback'], clientCertificateHeader: 'x-client-cert' },
      issuers: [issuerAt({ jwks: { keys: [key.jwk] } }, more)],
    });
  beforeAll(async () => {
    key = await newKey('k');
    hub = await hubWith({});
  });
  const ask = async (token: string, headers: Record<string, string> = {}, peer = '10.8.0.1', at = hub) =>
    (
      await at.app.inject({
        url: '/v1/citizens',
        remoteAddress: peer,
        headers: { authorization: `Bearer ${token}`, ...headers },
      })
    ).statusCode;

  it('is an access token: identity and log-out tokens are not, nor others than the issuer sets', async () => {
    expect(await ask(await key.sign())).toBe(200);
    expect(await ask(await key.sign({}, 'application/AT+JWT'))).toBe(200);
    expect(await ask(await key.sign({}, 'JWT'))).toBe(200);
    expect(await ask(await key.sign({}, 'logout+jwt'))).toBe(401);
    const strict = await hubWith({ tokenType: 'at+jwt' });
    expect(await ask(await key.sign({}, 'JWT'), {}, '10.8.0.1', strict)).toBe(401);
    expect(await ask(await key.sign(), {}, '10.8.0.1', strict)).toBe(200);
  });

  it('bound to a certificate opens with it alone, however the proxy writes it', async () => {
    const token = await key.sign(bound);
    const der = new X509Certificate(hubCert).raw.toString('base64');
    expect(await ask(token)).toBe(401);
    for (const header of [pem, `:${der}:`, der]) {
      expect(await ask(token, { 'x-client-cert': header })).toBe(200);
      expect(await ask(token, { 'x-client-cert': header }, '::ffff:10.8.0.1')).toBe(200);
      expect(await ask(token, { 'x-client-cert': header }, '::1')).toBe(200);
    }
    for (const header of [encodeURIComponent(serverCert), thumbprint, ':x:', '%', `${pem}, ${pem}`])
      expect(await ask(token, { 'x-client-cert': header })).toBe(401);
    // Remembered with its certificate, and still not opened without.
    expect(await ask(token)).toBe(401);
  });

  it('bound to a certificate is not opened by the word of a stranger, or where no header is configured', async () => {
    const token = await key.sign(bound);
    expect(await ask(token, { 'x-client-cert': pem }, '10.9.0.1')).toBe(401);
    const plain = await createHub(database.pool(), { issuers: [issuerAt({ jwks: { keys: [key.jwk] } })] });
    expect(await ask(token, { 'x-client-cert': pem }, '127.0.0.1', plain)).toBe(401);
  });

  it('bound to something the hub cannot check is refused; an issuer may want all its tokens bound', async () => {
    expect(await ask(await key.sign({ cnf: { jkt: 'x' } }))).toBe(401);
    expect(await ask(await key.sign({ cnf: { ...bound.cnf, jkt: 'x' } }), { 'x-client-cert': pem })).toBe(401);
    expect(await ask(await key.sign({ cnf: null }))).toBe(401);
    const strict = await hubWith({ bound: true });
    expect(await ask(await key.sign(), { 'x-client-cert': pem }, '10.8.0.1', strict)).toBe(401);
    expect(await ask(await key.sign(bound), { 'x-client-cert': pem }, '10.8.0.1', strict)).toBe(200);
  });

  it('that went through several systems is the outermost’s; those within are history', async () => {
    expect(await ask(await key.sign({ act: { sub: 'borgerportal', act: { sub: 'unheard-of' } } }))).toBe(200);
    expect(await ask(await key.sign({ act: { sub: 'unheard-of', act: { sub: 'borgerportal' } } }))).toBe(403);
    expect(await ask(await key.sign({ act: {} }))).toBe(403);
    const system = { kind: 'consumer-system', consumer: 'borgerportal' };
    expect(await ask(await key.sign(system))).toBe(200);
    expect(await ask(await key.sign({ ...system, act: { sub: 'unheard-of' } }))).toBe(403);
  });

  it('names people in its issuer’s namespace, and only the kinds that are the issuer’s', async () => {
    log.entries.length = 0;
    const named = await hubWith({ namespace: 'kombit', kinds: ['professional'] });
    expect(await ask(await key.sign({ scope: '' }), {}, '10.8.0.1', named)).toBe(403);
    expect(log.entries).toMatchObject([{ actor: { person: 'kombit:42' } }]);
    expect(await ask(await key.sign({ kind: 'dpo' }), {}, '10.8.0.1', named)).toBe(401);
  });

  it('of one issuer never reaches what was granted to the same id of another', async () => {
    const other = await newKey('k', 'urn:test:b');
    const both = await createHub(database.pool(), {
      issuers: [
        issuerAt({ jwks: { keys: [key.jwk] } }, { namespace: 'a' }),
        issuerAt({ jwks: { keys: [other.jwk] } }, { namespace: 'b', issuer: 'urn:test:b' }),
      ],
    });
    const maja = await both.world.person('0102703333');
    await both.world.record({ citizens: [maja] });
    await both.world.say(maja, 'grant', 'person:a:42', { domains: ['employment'] });
    const seen = async (token: string): Promise<number> => {
      const headers = { authorization: `Bearer ${token}` };
      return (await both.app.inject({ url: `/v1/citizens/${maja.id}/plan`, headers })).statusCode;
    };
    expect(await seen(await key.sign())).toBe(200);
    expect(await seen(await other.sign())).toBe(404);
  });
});

describe('configured issuers', () => {
  const parse = (issuers: readonly object[], more: object = {}) =>
    hubConfig.safeParse({
      municipality: { code: '0999', name: 'Egevang' },
      enrolmentBases: [{ code: 'lab-40-3', title: 'LAB § 40 stk. 3' }],
      sources: {},
      issuers,
      ...more,
    });
  const one = { issuer: 'https://a.example', audience: 'hub', jwksUri: 'https://a.example/jwks' };
  const full = { ...one, namespace: 'a', kinds: ['professional'] };
  const other = { ...full, issuer: 'https://b.example', namespace: 'b' };
  const complaints = (issuers: readonly object[], more?: object) =>
    parse(issuers, more).error?.issues.map((issue) => issue.path.join('.'));

  it('need a namespace and kinds when there are several, each its own', () => {
    expect(complaints([one])).toBeUndefined();
    expect(complaints([full, other])).toBeUndefined();
    expect(complaints([full, { ...one, issuer: 'https://b.example' }])).toEqual([
      'issuers.1.namespace',
      'issuers.1.kinds',
    ]);
    expect(complaints([full, { ...other, namespace: 'a' }])).toEqual(['issuers.1.namespace']);
    expect(complaints([full, { ...other, issuer: full.issuer }])).toEqual(['issuers.1.issuer']);
  });

  it('give their keys over https, in the clear only on this machine', () => {
    const at = (jwksUri: string) => complaints([{ ...one, jwksUri }]);
    for (const uri of ['http://127.0.0.1:8080/jwks', 'http://localhost/jwks', 'http://[::1]:1/jwks'])
      expect(at(uri)).toBeUndefined();
    for (const uri of ['http://a.example/jwks', 'http://127.0.0.1.a.example/', 'ftp://localhost/', 'file:///etc/jwks'])
      expect(at(uri)).toEqual(['issuers.0.jwksUri']);
  });

  it('reach the door whole', () => {
    const parsed = parse([{ ...full, tokenType: 'at+jwt', bound: 'yes', purposes: ['coordinated-plan'] }]);
    if (!parsed.success) throw parsed.error;
    expect(issuersOf(parsed.data)).toEqual([
      {
        ...{ issuer: one.issuer, audience: 'hub', claims: {}, algorithms: ['RS256', 'ES256', 'EdDSA'] },
        ...{ tokenType: 'at+jwt', bound: true, purposes: ['coordinated-plan'] },
        ...{ namespace: 'a', kinds: ['professional'], keys: { uri: one.jwksUri } },
      },
    ]);
  });

  it('and a header for certificates needs a proxy that is trusted with it', () => {
    expect(complaints([one], { clientCertificateHeader: 'X-Client-Cert' })).toEqual(['clientCertificateHeader']);
    expect(
      complaints([one], { clientCertificateHeader: 'X-Client-Cert', trustedProxies: ['10.0.0.1'] }),
    ).toBeUndefined();
  });
});
