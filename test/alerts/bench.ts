// Alerts as they run in a worker, on a clock that is set by hand: rules that find what the test says is wrong, a real SMTP
// server and a real webhook receiver on loopback.
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { type AlertsConfig, alerts, type RuleName } from '../../src/config/alerts.ts';
import type { Condition } from '../../src/jobs/alert-judge.ts';
import { alertRound, type LookedAt } from '../../src/jobs/alert-round.ts';
import { sendAlertNotice } from '../../src/jobs/alert-send.ts';
import { alertSettings } from '../../src/jobs/alert-settings.ts';
import type { AlertRule, AlertWorld } from '../../src/jobs/alert-world.ts';
import type { AlertDeps } from '../../src/jobs/alerts.ts';
import { createLogger } from '../../src/log.ts';
import { createMailer } from '../../src/mail/send.ts';
import type { Pool } from '../../src/store/db.ts';
import { newSecret } from '../../src/webhook/secrets.ts';
import { createSender } from '../../src/webhook/send.ts';
import { type Receiver, startReceiver } from '../webhooks/receiver.ts';

export interface Got {
  readonly to: string;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  /** All of it, decoded. */
  readonly text: string;
}

export interface MailServer {
  readonly port: number;
  readonly got: Got[];
  /** Refuses with this code from now on; 0: takes everything. */
  refuse: number;
  close(): Promise<void>;
}

const decoded = (raw: string): string =>
  decodeURIComponent(
    raw
      .replace(/=\r\n/g, '')
      .replace(/%/g, '%25')
      .replace(/=([0-9A-F]{2})/g, '%$1'),
  );

const headersOf = (raw: string): ReadonlyMap<string, string> =>
  new Map(
    (raw.split('\r\n\r\n', 1)[0] ?? '')
      .replace(/\r\n[ \t]+/g, ' ')
      .split('\r\n')
      .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)] as const),
  );

export const startMailServer = async (user?: string, password?: string): Promise<MailServer> => {
  const got: Got[] = [];
  const server = new SMTPServer({
    authOptional: user === undefined,
    disabledCommands: ['STARTTLS', ...(user === undefined ? ['AUTH' as const] : [])],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    logger: false,
    onAuth: (auth, _, done) =>
      auth.username === user && auth.password === password
        ? done(null, { user: 'hub' })
        : done(new Error('not that password')),
    onRcptTo: (_, __, done) =>
      mail.refuse === 0 ? done() : done(Object.assign(new Error('no'), { responseCode: mail.refuse })),
    onData: (stream, session, done) => {
      let raw = '';
      stream.setEncoding('utf8');
      stream.on('data', (chunk: string) => {
        raw += chunk;
      });
      stream.on('end', () => {
        for (const { address } of session.envelope.rcptTo)
          got.push({ to: address, headers: headersOf(raw), text: decoded(raw) });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const mail: MailServer = {
    port: (server.server.address() as AddressInfo).port,
    got,
    refuse: 0,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return mail;
};

export const secret = newSecret('hmac');

/** A configuration as YAML would give it: every scalar is text. */
export const configure = (given: object): AlertsConfig => alerts.parse(given);

export const reachable = (mail: MailServer, receiver: Receiver): object => ({
  smtp: { host: '127.0.0.1', port: String(mail.port), from: 'samspil@kommune.example', tls: 'none' },
  contacts: {
    drift: { mail: ['vagt@kommune.example', 'leder@kommune.example'], webhook: { url: receiver.url, secret } },
    dpo: { mail: ['dpo@kommune.example'], language: 'en' },
  },
});

export interface AlertBench {
  readonly deps: AlertDeps;
  readonly lines: readonly string[];
  /** What each rule finds from now on. */
  readonly wrong: Map<RuleName, readonly Condition[]>;
  now(): Date;
  pass(ms: number): void;
  round(deps?: AlertDeps): Promise<boolean>;
  /** Sends what is due. @returns how many tries that were. */
  send(deps?: AlertDeps): Promise<number>;
}

export const noWorld = (pool: Pool): AlertWorld => ({
  pool,
  sources: [],
  unitNames: new Map(),
  purgeDeadlineMs: 14 * 86_400_000,
  anchored: false,
  currentKeyId: 'k1',
});

/** `rules`: which are looked at, with findings by hand; absent: the hub's own, over the database. */
export const createBench = (
  pool: Pool,
  config: AlertsConfig,
  options: { readonly rules?: readonly RuleName[]; readonly at?: Date; readonly world?: Partial<AlertWorld> } = {},
): AlertBench => {
  let at = (options.at ?? new Date('2026-11-22T12:00:00Z')).getTime();
  const lines: string[] = [];
  const wrong = new Map<RuleName, readonly Condition[]>();
  const byHand = (rule: RuleName): AlertRule => ({ look: async () => wrong.get(rule) ?? [] });
  const lookedAt: LookedAt = new Map();
  const deps: AlertDeps = {
    pool,
    world: { ...noWorld(pool), ...options.world },
    clock: { now: () => new Date(at) },
    log: createLogger({ level: 'debug', destination: { write: (line) => void lines.push(line) } }),
    config,
    settings: alertSettings(config),
    ...(options.rules === undefined
      ? {}
      : { rules: Object.fromEntries(options.rules.map((rule) => [rule, byHand(rule)])) }),
    sender: { municipality: 'Sandkøbing', publicUrl: 'https://samspil.example' },
    post: createSender({ allowPrivate: ['127.0.0.1'], allowHttp: true }, { timeoutMs: 2000 }),
    mailer: config.smtp === undefined ? undefined : createMailer(config.smtp, { timeoutMs: 2000 }),
    random: () => 0.5,
    keepActsMs: 86_400_000,
  };
  return {
    deps,
    lines,
    wrong,
    now: () => new Date(at),
    pass: (ms) => {
      at += ms;
    },
    round: (other = deps) => alertRound(other, lookedAt),
    async send(other = deps) {
      let tries = 0;
      const sendOn = async (): Promise<void> => {
        while ((await sendAlertNotice(other)) !== undefined) tries += 1;
      };
      // All of them end before the test goes on, also when some are killed.
      const ended = await Promise.allSettled(Array.from({ length: 6 }, sendOn));
      for (const one of ended) if (one.status === 'rejected') throw one.reason;
      return tries;
    },
  };
};

export const emptied = async (pool: Pool): Promise<void> => {
  await pool.query('delete from alert');
  for (const table of ['alert_pending', 'alert_snooze', 'alert_notice', 'alert_digest'])
    await pool.query(`delete from ${table}`);
};

export const startPlaces = async (): Promise<{ mail: MailServer; receiver: Receiver; close(): Promise<void> }> => {
  const [mail, receiver] = await Promise.all([startMailServer(), startReceiver()]);
  return {
    mail,
    receiver,
    close: async () => {
      await mail.close();
      await receiver.close();
    },
  };
};
