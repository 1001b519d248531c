// What operators have done: who, when, what, to what, why and with what result. Newest first, found again by its address.
import { z } from 'zod';
import { copenhagenInstant } from '../../clock.ts';
import { type Act, type ActFilter, actNouns, listActs } from '../../store/acts.ts';
import { dayField, nextDay, readFilters, withQuery } from '../input.ts';
import type { Speech } from '../render.ts';
import type { RegisterPage } from '../routes.ts';
import { webhookHref } from './consumer-words.ts';
import { issueWords, titleOf } from './quarantine/cause.ts';

const perPage = 50;

const isUuid = (text: string): boolean => /^[0-9a-f-]{36}$/.test(text);

/** Beside its source's title: nothing of the source itself, of a kind its name, of what has a number the number. */
const subjectOf = ({ subject, source, what }: Act, speech: Speech): string => {
  if (subject === source || subject === 'log') return '';
  if (source !== null && subject.startsWith(`${source}/`)) return subject.slice(source.length + 1);
  if (isUuid(subject)) return /^(run|source|quarantine)\./.test(what) ? speech.t('acts.run') : subject.slice(0, 8);
  if (what === 'quarantine.discard' && subject.includes('/')) return issueWords(speech, subject);
  return /^\d+$/.test(subject) ? speech.t('quarantine.recordShort', { id: subject }) : subject;
};

const resultOf = ({ outcome }: Act, { word }: Speech): string => {
  const key = `${outcome}.text`;
  const fault = word('code', key);
  return fault === key ? word('acts.outcome', outcome) : fault;
};

const toldValue = (name: string, value: string | number | boolean, speech: Speech): string | number | boolean => {
  if (typeof value !== 'string') return value;
  if (isInstant(value)) return speech.f.time(value);
  if (name === 'type') return speech.word('drift.type', value);
  if (name === 'name') return speech.word('drift.place', value);
  if (name === 'code') return issueWords(speech, value);
  return isUuid(value) ? value.slice(0, 8) : value;
};

const isInstant = (text: string): boolean => /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text);

/** The page of what it was done to, where there is one. */
const hrefOf = ({ what, subject, source, detail }: Act): string | undefined => {
  const { alert, consumer } = detail;
  if (what === 'alert.test') return '/admin/alerts/contacts';
  if (what.startsWith('queue.')) return `/admin/health/queues/${encodeURIComponent(subject)}`;
  if (typeof alert === 'string') return `/admin/alerts/${alert}`;
  if (what.startsWith('webhook.') && typeof consumer === 'string') return webhookHref({ consumer, id: subject });
  const isRun = isUuid(subject);
  const isNumber = /^\d{1,9}$/.test(subject);
  if (isRun && (what === 'quarantine.replay' || what === 'quarantine.cancel'))
    return `/admin/quarantine/replays/${subject}`;
  if (isRun && (what.startsWith('run.') || what.startsWith('source.'))) return `/admin/runs/${subject}`;
  if (isNumber && what === 'quarantine.inspect') return `/admin/quarantine/${subject}`;
  if (isNumber && what.startsWith('deletion.')) return `/admin/deletions/${subject}`;
  if (isNumber && what.startsWith('drift.')) return `/admin/drift/${subject}`;
  return what.startsWith('source.') && source !== null ? `/admin/sources/${source}` : undefined;
};

export const registerActs: RegisterPage = (app, context, pages) => {
  app.get('/admin/acts', { config: { page: 'view' } }, async (request, reply) => {
    const speech = pages.speech(request);
    const { t, word } = speech;
    const chosen = readFilters(request, {
      person: z.string().trim().max(200),
      what: z.string().regex(/^[a-z]+(\.[a-z-]+)?$/),
      source: z.string().max(200),
      subject: z.string().max(200),
      from: dayField,
      to: dayField,
      after: z.coerce.number().int().positive(),
    });
    const { person, what, source, subject, from, to, after } = chosen;
    const filter: ActFilter = {
      ...(person === undefined ? {} : { person }),
      ...(what === undefined ? {} : { what }),
      ...(source === undefined ? {} : { source }),
      ...(subject === undefined ? {} : { subject }),
      ...(from === undefined ? {} : { from: copenhagenInstant(from) }),
      // The day itself counts, also one of 23 or 25 hours.
      ...(to === undefined ? {} : { to: copenhagenInstant(nextDay(to)) }),
      ...(after === undefined ? {} : { after }),
      limit: perPage + 1,
    };
    const acts = await listActs(context.pool, filter);
    const shown = acts.slice(0, perPage);
    return pages.page(
      request,
      reply,
      'acts',
      { title: t('acts.title') },
      {
        acts: shown.map((act) => ({
          ...act,
          subjectWords: subjectOf(act, speech),
          words: word('acts.what', act.what),
          result: resultOf(act, speech),
          title: act.source === null ? undefined : titleOf(context, act.source),
          href: hrefOf(act),
          details: Object.entries(act.detail).flatMap(([name, value]) =>
            value === null || value === '' || name === 'alert' || act.subject === `${act.source}/${value}`
              ? []
              : [{ name: word('acts.detail', name), value: toldValue(name, value, speech) }],
          ),
        })),
        chosen,
        nouns: actNouns,
        sources: context.sources.map(({ name, title }) => ({ name, title })),
        filtered: Object.keys(chosen).some((name) => name !== 'after'),
        firstHref: after === undefined ? undefined : withQuery(request.url, { after: undefined }),
        nextHref: acts.length > perPage ? withQuery(request.url, { after: shown.at(-1)?.id }) : undefined,
      },
    );
  });
};
