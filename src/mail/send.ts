// Mail by SMTP: one letter to one address, under an id that is the same however often it is sent. What went wrong is told as
// a class; what a server said is not kept.
import { createTransport } from 'nodemailer';
import { htmlOf, type Letter, textOf } from './message.ts';

export interface SmtpServer {
  readonly host: string;
  readonly port?: number | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly from: string;
  readonly tls: 'implicit' | 'starttls' | 'none';
}

export interface Mail {
  readonly id: string;
  readonly to: string;
  readonly letter: Letter;
  /** The id of the letter it follows. */
  readonly follows?: string;
}

export type MailOutcome = 'delivered' | 'refused' | 'failing' | 'timeout' | 'unreachable' | 'tls';

export interface Mailer {
  send(mail: Mail): Promise<{ readonly name: MailOutcome; readonly ms: number }>;
}

const usualPort = { implicit: 465, starttls: 587, none: 25 } as const;

const outcomeOf = (thrown: unknown): MailOutcome => {
  const { code, responseCode } = (thrown ?? {}) as { readonly code?: unknown; readonly responseCode?: unknown };
  if (code === 'ETIMEDOUT') return 'timeout';
  if (code === 'ETLS' || /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(String(code))) return 'tls';
  if (typeof responseCode === 'number') return responseCode >= 500 ? 'refused' : 'failing';
  if (code === 'EAUTH' || code === 'ENOAUTH' || code === 'EENVELOPE' || code === 'EMESSAGE') return 'refused';
  return 'unreachable';
};

export const createMailer = (server: SmtpServer, options: { readonly timeoutMs?: number } = {}): Mailer => {
  const timeoutMs = options.timeoutMs ?? 15_000;
  const transport = createTransport({
    host: server.host,
    port: server.port ?? usualPort[server.tls],
    secure: server.tls === 'implicit',
    requireTLS: server.tls === 'starttls',
    ignoreTLS: server.tls === 'none',
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(server.user === undefined ? {} : { auth: { user: server.user, pass: server.password ?? '' } }),
  });
  const domain = server.from.split('@').at(-1) ?? 'localhost';
  const messageId = (id: string): string => `<${id}@${domain}>`;
  return {
    async send({ id, to, letter, follows }) {
      const startedAt = performance.now();
      const name = await transport
        .sendMail({
          messageId: messageId(id),
          from: { name: 'Samspil', address: server.from },
          to,
          subject: letter.subject,
          text: textOf(letter),
          html: htmlOf(letter),
          // Nobody's holiday answers to a machine.
          headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
          ...(follows === undefined ? {} : { inReplyTo: messageId(follows), references: messageId(follows) }),
        })
        .then((): MailOutcome => 'delivered', outcomeOf);
      return { name, ms: Math.round(performance.now() - startedAt) };
    },
  };
};
