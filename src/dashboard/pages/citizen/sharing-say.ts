// One reader and area: what they see now and why, what was said of it, and saying yes or no to it. What would change is
// told on a page of its own before it is said; the form's key makes a double click one act.
import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { DashboardContext } from '../../context.ts';
import { readFilters, readForm } from '../../input.ts';
import type { Pages } from '../../render.ts';
import { type At, Refused, registerPart } from './frame.ts';
import { sharingPart } from './parts.ts';
import { titledRecords } from './record-titles.ts';
import { readChanges } from './sharing-changes.ts';
import { consentOf, faultOf, fieldsOf, type Saying, saying, sayingOf } from './sharing-form.ts';
import { readSharing, sourceTitles } from './sharing-read.ts';
import { aboutOf, areas, cellOf, everybody, inNames, isAbout, type SharingReader, titleOf } from './sharing-view.ts';
import type { ShownPlan } from './shown.ts';

const place = { who: saying.who, area: saying.area };
const act = z.object({
  ...place,
  area: saying.area.optional(),
  decision: saying.decision,
  upTo: saying.upTo.optional(),
  kinds: saying.kinds.optional(),
  show: saying.show.optional(),
  to: saying.to.optional(),
  purpose: saying.purpose.optional(),
  record: saying.record.optional(),
  key: z.uuid(),
});

const backTo = (at: At, { who, area }: Saying): string =>
  `${at.base}/sharing/cell?${new URLSearchParams(fieldsOf({ who, area })).toString()}`;

export const registerSharingSay = (app: FastifyInstance, context: DashboardContext, pages: Pages): void => {
  const read = async (at: At, who: string) => {
    const facts = await readSharing(at, context.clock.now());
    const speech = pages.speech(at.request);
    const reader: SharingReader = facts.readers.find(({ recipient }) => recipient === who) ?? {
      recipient: who,
      because: [],
      cells: [],
    };
    return {
      facts,
      speech,
      reader,
      title: titleOf(reader, facts.names, speech),
      about: aboutOf(reader, facts.names, speech),
    };
  };

  /** `fault`: the name of a field that could not be read. */
  const showCell = async (at: At, fault?: string): Promise<FastifyReply> => {
    const { who, area } = readFilters(at.request, place);
    if (who === undefined) return pages.missing(at.request, at.reply);
    const { receipt } = readFilters(at.request, { receipt: z.uuid() });
    const [{ facts, speech, reader, title, about }, plan] = await Promise.all([
      read(at, who),
      at.get<ShownPlan>('/plan'),
    ]);
    const here = reader.cells.filter(({ domain }) => area === undefined || domain === area);
    const kinds = [...Map.groupBy(here, ({ kind }) => kind)].map(([kind, cells]) => ({
      kind,
      seen: cells.reduce((sum, { show, count }) => sum + (show === 'content' ? count : 0), 0),
      total: cells.reduce((sum, { count }) => sum + count, 0),
      rules: [...new Set(cells.map(({ rule, show }) => (show === 'busy' ? 'busy' : String(rule))))].toSorted(),
    }));
    const records = titledRecords(plan).filter(({ domain }) => area === undefined || domain === area);
    const where = area === undefined ? speech.t('sharing.allAreas') : speech.word('domain', area);
    return at.show(
      'sharing-cell',
      {
        title: speech.t('sharing.cellTitle'),
        heading: speech.t('sharing.cellHeading', { who: title, area: where }),
        ...(fault === undefined ? {} : { status: 422 }),
      },
      {
        who,
        sources: sourceTitles(context),
        name: title,
        area,
        about,
        cells: area === undefined ? areas.map((one) => cellOf(reader, one, facts.said, facts.asked)) : [],
        everybody: who === everybody,
        cell: area === undefined ? undefined : cellOf(reader, area, facts.said, facts.asked),
        kinds,
        said: facts.said.filter((one) => isAbout(one, who, area)).map((one) => inNames(one, title)),
        asked: facts.asked
          .filter((one) => isAbout(one, who, area) && one.meeting === undefined)
          .map((one) => inNames(one, title)),
        laws: facts.statutes.filter(({ recipients }) => recipients.includes(who)),
        purposes: at.viewer.purposes,
        choices: [...new Set(records.map(({ kind }) => kind))].toSorted(),
        records: area === undefined ? [] : records.filter(({ title: called }) => called !== ''),
        given: readFilters(at.request, saying),
        fault,
        receipt,
      },
    );
  };

  registerPart(app, context, pages, sharingPart, { below: '/cell', get: (at) => showCell(at) });

  registerPart(app, context, pages, sharingPart, {
    below: '/preview',
    get: async (at) => {
      const fault = faultOf(at);
      const said = sayingOf(readFilters(at.request, saying));
      if (fault !== undefined || said === undefined) return showCell(at, fault ?? 'decision');
      const { facts, speech, reader, title, about } = await read(at, said.who);
      const consent = consentOf(said);
      const changes = await readChanges(at, { say: [consent] }, facts, speech).catch((error: unknown) => {
        if (error instanceof Refused && error.status === 400) return undefined;
        throw error;
      });
      if (changes === undefined) return showCell(at, 'to');
      const cell = said.area === undefined ? undefined : cellOf(reader, said.area, facts.said, facts.asked);
      const refused = facts.said.some(
        (one) => one.decision === 'refuse' && (isAbout(one, said.who, said.area) || isAbout(one, everybody, said.area)),
      );
      return at.show(
        'sharing-preview',
        { title: speech.t(`sharing.${said.decision}Title`) },
        {
          said,
          who: title,
          about,
          cell,
          refused,
          changes,
          fields: fieldsOf(said),
          key: randomUUID(),
          back: backTo(at, said),
        },
      );
    },
  });

  registerPart(app, context, pages, sharingPart, {
    below: '/say',
    post: async (at) => {
      const form = readForm(at.request, act);
      const said = form.ok ? sayingOf(form.data) : undefined;
      if (!form.ok || said === undefined) return pages.missing(at.request, at.reply);
      const given = await at.post<{ readonly id: string }>(
        `/v1/citizens/${at.id}/consents`,
        consentOf(said),
        form.data.key,
      );
      return at.reply.redirect(`${backTo(at, said)}&done=sharing.${said.decision}&receipt=${given.id}`, 303);
    },
  });
};
