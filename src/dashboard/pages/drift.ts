// What the sources send otherwise than they used to: what waits for somebody first, then what was only noted, and what was
// accepted. One finding stands beside what is known of its kind. Accepted, it is right from now on, and the kind goes on.
import { z } from 'zod';
import { recordAct } from '../../store/acts.ts';
import { acceptDrift, type Drift, listDrift } from '../../store/drift.ts';
import { latestLoads, readFieldHistory } from '../../store/field-seen.ts';
import { readSyncState } from '../../store/sync-state.ts';
import { actingOf, readFilters, readForm, whyField } from '../input.ts';
import type { Speech } from '../render.ts';
import type { RegisterPage } from '../routes.ts';
import { titleOf } from './quarantine/cause.ts';

const acceptance = z.object({ why: whyField });
const badges: Readonly<Record<Drift['did'], string>> = {
  note: 'badge-info',
  hold: 'badge-warning',
  stop: 'badge-error',
};

/** `text, number`, `about 5100 records`, `in 95 % of 4748 records`, `absent`: as the watch has written it down, in the reader's words. */
const inWords = ({ t, word, f }: Speech, written: string | null): string => {
  if (written === null) return '–';
  if (written === 'absent') return t('drift.absent');
  const [, share, of] = /^in (\d+) % of (\d+) records$/.exec(written) ?? [];
  if (share !== undefined)
    return t('drift.inShare', { share: f.percent(Number(share) / 100), count: f.number(Number(of)) });
  const [, about, count, unit] = /^(about )?([\d.]+) (records|changes)$/.exec(written) ?? [];
  if (count !== undefined)
    return t(`drift.counted.${about === undefined ? '' : 'about-'}${unit ?? ''}`, { count: Math.round(Number(count)) });
  return written
    .split(', ')
    .map((type) => word('drift.valueType', type))
    .join(', ');
};

export const registerDrift: RegisterPage = (app, context, pages) => {
  type Of = { Params: { id: string } };
  const address = '/admin/drift/:id(^\\d{1,15}$)';
  const shown = (drift: Drift, speech: Speech) => ({
    ...drift,
    title: titleOf(context, drift.source),
    place: speech.word('drift.place', drift.name),
    before: inWords(speech, drift.was),
    now: drift.became === null ? undefined : inWords(speech, drift.became),
    badge: badges[drift.did],
  });

  const read = async (id: string, speech: Speech) => {
    const drift = (await listDrift(context.pool, { all: true })).find((one) => one.id === Number(id));
    if (drift === undefined) return undefined;
    const { source, kind } = drift;
    const [all, history, loads, { paused }] = await Promise.all([
      listDrift(context.pool, { source, kind }),
      readFieldHistory(context.pool, source, kind),
      latestLoads(context.pool, source, kind),
      readSyncState(context.pool, source, kind),
    ]);
    const total = history.get('');
    return {
      one: shown(drift, speech),
      paused,
      others: all.filter((other) => other.id !== drift.id && other.did !== 'note').length,
      looked: (total?.records ?? 0) + (total?.recent ?? 0),
      fields: [...history]
        .filter(([path]) => path !== '')
        .map(([path, seen]) => ({
          path,
          types: seen.types,
          seen: seen.records + seen.recent,
          own: path === drift.name,
        }))
        .sort((a, b) => a.path.localeCompare(b.path)),
      loads,
      chart: JSON.stringify({
        x: loads.toReversed().map(({ endedAt }) => Math.round(endedAt.getTime() / 1000)),
        series: [
          { label: speech.t('drift.records'), values: loads.toReversed().map(({ served }) => served), bars: true },
        ],
        height: 200,
      }),
    };
  };

  app.get('/admin/drift', { config: { page: 'view' } }, async (request, reply) => {
    const speech = pages.speech(request);
    const { source, show } = readFilters(request, { source: z.string().max(200), show: z.literal('accepted') });
    const every = await listDrift(context.pool, { all: true });
    const accepted = show !== undefined;
    const found = every
      .filter((one) => (one.acceptedAt !== null) === accepted && (source ?? one.source) === one.source)
      .map((one) => shown(one, speech));
    if (accepted) found.sort((a, b) => (b.acceptedAt?.getTime() ?? 0) - (a.acceptedAt?.getTime() ?? 0));
    return pages.page(
      request,
      reply,
      'drift',
      { title: speech.t('drift.title') },
      {
        found,
        accepted,
        source,
        known: [...new Set(every.map((one) => one.source))].map((name) => ({ name, title: titleOf(context, name) })),
        waiting: found.filter(({ did }) => did !== 'note').length,
      },
    );
  });

  app.get<Of>(address, { config: { page: 'view' } }, async (request, reply) => {
    const speech = pages.speech(request);
    const data = await read(request.params.id, speech);
    if (data === undefined) return pages.missing(request, reply);
    const title = `${speech.t(`drift.type.${data.one.type}`)}: ${data.one.place}`;
    return pages.page(request, reply, 'drift-one', { title, scripts: ['chart'] }, data);
  });

  app.post<Of>(address, { config: { page: 'operate' } }, async (request, reply) => {
    const speech = pages.speech(request);
    const data = await read(request.params.id, speech);
    if (data === undefined) return pages.missing(request, reply);
    const title = `${speech.t(`drift.type.${data.one.type}`)}: ${data.one.place}`;
    const form = readForm(request, acceptance);
    if (!form.ok)
      return pages.page(
        request,
        reply,
        'drift-one',
        { title, status: 422, scripts: ['chart'] },
        { ...data, faults: form.faults },
      );
    const acting = actingOf(request);
    const accepted = await acceptDrift(context.pool, data.one.id, acting.person, (tx, { drift, resumed }) =>
      recordAct(tx, {
        at: context.clock.now(),
        ...acting,
        what: 'drift.accept',
        subject: String(drift.id),
        source: drift.source,
        why: form.data.why,
        detail: { kind: drift.kind, type: drift.type, name: drift.name, resumed },
      }),
    );
    const done = accepted === undefined ? 'gone' : accepted.resumed ? 'resumed' : 'accepted';
    return reply.redirect(`/admin/drift?done=drift.${done}`, 303);
  });
};
