// What a message about an alert says, in a contact's language: a title, what is wrong, what to do, a link to the page. Made
// of what the outbox wrote down, so that the same message says the same each time it is sent.
import { z } from 'zod';
import type { RuleName } from '../config/alerts.ts';
import type { Letter } from '../mail/message.ts';
import type { NoticeEvent } from '../store/alert-notices.ts';
import type { Said } from '../store/alerts.ts';
import { type DigestSaid, digestSaid } from './alert-digest.ts';
import { type Values, valuesOf, type Words } from './alert-words.ts';
import { danish, danishFrame } from './alert-words-da.ts';
import { english, englishFrame, type Frame } from './alert-words-en.ts';

export type AlertLanguage = 'da' | 'en';

const saidOfAlert = z.object({
  alert: z.string(),
  rule: z.string(),
  subject: z.string(),
  source: z.string().nullable(),
  severity: z.enum(['warning', 'critical']),
  openedAt: z.string(),
  resolvedAt: z.string().nullable(),
  said: z.record(z.string(), z.union([z.string(), z.number()])),
  /** The message that told of the opening. */
  thread: z.string().optional(),
});
export type SaidOfAlert = z.infer<typeof saidOfAlert>;

/** An alert in words, for messages and pages; of a rule there is no more, its names. */
export const wordsOf = (
  { rule, subject, said }: { readonly rule: string; readonly subject: string; readonly said: Said },
  language: AlertLanguage,
): Words => {
  const all: Readonly<Partial<Record<string, (values: Values) => Words>>> = language === 'da' ? danish : english;
  return all[rule as RuleName]?.(valuesOf(said, language)) ?? { title: `${rule} ${subject}`, what: '', next: '' };
};

const frames: Readonly<Record<AlertLanguage, Frame>> = { da: danishFrame, en: englishFrame };

export interface Sender {
  readonly municipality: string;
  /** Where the pages are; absent: nowhere that is known. */
  readonly publicUrl?: string | undefined;
}

export interface Told {
  readonly letter: Letter;
  /** The message this one follows. */
  readonly follows?: string;
  /** For machines. */
  readonly data: object;
}

const pageOf = (path: string, { publicUrl }: Sender, text: string): Pick<Letter, 'link'> =>
  publicUrl === undefined ? {} : { link: { text, url: new URL(path, publicUrl).href } };

const tellAlert = (event: NoticeEvent, one: SaidOfAlert, language: AlertLanguage, sender: Sender): Told => {
  const frame = frames[language];
  const { title, what, next } = wordsOf(one, language);
  const at = (name: 'openedAt' | 'resolvedAt'): string => valuesOf({ at: one[name] ?? '' }, language).time('at');
  const over = one.resolvedAt !== null;
  const head = over
    ? frame.over(at('openedAt'), at('resolvedAt'))
    : `${frame.subject[one.severity]} · ${frame.since.toLowerCase()} ${at('openedAt')}`;
  const page = pageOf(`/admin/alerts/${one.alert}`, sender, frame.link);
  return {
    letter: {
      // On a phone at night this is all that is seen: how bad, and what.
      subject: `[Samspil] ${event === 'opened' ? frame.subject[one.severity] : frame.subject[event]}: ${title}`,
      paragraphs: over ? [head] : [what, `${frame.next}: ${next}`, head],
      footer: frame.footer(sender.municipality),
      language,
      ...page,
    },
    ...(one.thread === undefined ? {} : { follows: one.thread }),
    data: {
      alert: one.alert,
      rule: one.rule,
      subject: one.subject,
      ...(one.source === null ? {} : { source: one.source }),
      severity: one.severity,
      openedAt: one.openedAt,
      ...(one.resolvedAt === null ? {} : { resolvedAt: one.resolvedAt }),
      title,
      ...(over ? {} : { text: what, next }),
      values: one.said,
      ...(page.link === undefined ? {} : { url: page.link.url }),
    },
  };
};

const tellDigest = (said: DigestSaid, language: AlertLanguage, sender: Sender): Told => {
  const frame = frames[language];
  const page = pageOf('/admin/alerts', sender, frame.link);
  const lines = said.listed.map((one) => `• ${wordsOf(one, language).title} (${frame.severity[one.severity]})`);
  const more = said.open - said.listed.length;
  return {
    letter: {
      subject: `[Samspil] ${frame.subject.digest}: ${frame.digest.open(said.open).replace(/[:.]$/, '')}`,
      paragraphs: [
        [frame.digest.open(said.open), ...lines, ...(more > 0 ? [frame.digest.more(more)] : [])].join('\n'),
        ...(said.snoozed > 0 ? [frame.digest.snoozed(said.snoozed)] : []),
        frame.digest.lately(said.openedLately, said.resolvedLately),
      ],
      footer: frame.footer(sender.municipality),
      language,
      ...page,
    },
    data: { ...said, ...(page.link === undefined ? {} : { url: page.link.url }) },
  };
};

/** @throws when what was written down is not what was promised: a fault of the hub's. */
export const tellNotice = (event: NoticeEvent, said: unknown, language: AlertLanguage, sender: Sender): Told => {
  if (event === 'digest') return tellDigest(digestSaid.parse(said), language, sender);
  if (event !== 'trial') return tellAlert(event, saidOfAlert.parse(said), language, sender);
  const frame = frames[language];
  const letter = {
    subject: `[Samspil] ${frame.subject.trial}`,
    paragraphs: [frame.trial],
    footer: frame.footer(sender.municipality),
    language,
    ...pageOf('/admin/alerts', sender, frame.link),
  };
  return { letter, data: { text: frame.trial } };
};
