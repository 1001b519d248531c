// Who may see what: people down, areas across, as the engine decides now. Each cell leads to what is behind it, and to
// saying yes or no; what waits for a word stands first.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { DashboardContext } from '../../context.ts';
import { readFilters } from '../../input.ts';
import type { Pages } from '../../render.ts';
import { registerPart } from './frame.ts';
import { sharingPart } from './parts.ts';
import { readSharing, sourceTitles, waitingMeetings } from './sharing-read.ts';
import { aboutOf, byType, cellOf, everybody, inNames, type RowView, shownAreas, titleOf } from './sharing-view.ts';

/** More of them are a press away. */
const rowsAtFirst = 15;

const named = <T extends { readonly recipient?: string; readonly text: string }>(one: T, who: string) => ({
  ...inNames(one, who),
  who,
});

export const registerSharing = (app: FastifyInstance, context: DashboardContext, pages: Pages): void => {
  registerPart(app, context, pages, sharingPart, {
    get: async (at) => {
      const now = context.clock.now();
      const speech = pages.speech(at.request);
      const facts = await readSharing(at, now);
      const { readers, asked, statutes, names } = facts;
      // Of words about other areas than one represents, the feed tells no reader.
      const told = new Set(readers.map(({ recipient }) => recipient));
      const said = facts.said.filter(({ recipient = everybody }) => told.has(recipient));
      const shown = shownAreas(readers, [...said, ...asked]);
      const rows = readers.toSorted(byType).map(
        (reader): RowView => ({
          recipient: reader.recipient,
          title: titleOf(reader, names, speech),
          about: aboutOf(reader, names, speech),
          cells: shown.map((area) => cellOf(reader, area, said, asked)),
        }),
      );
      const past = new Set(
        readers.filter(({ because }) => because.join() === 'before').map(({ recipient }) => recipient),
      );
      const standing = rows.filter(({ recipient }) => !past.has(recipient));
      const { all } = readFilters(at.request, { all: z.literal('yes') });
      const titles = new Map(readers.map((reader) => [reader.recipient, titleOf(reader, names, speech)]));
      return at.show(
        'sharing',
        { title: speech.t('sharing.title') },
        {
          sources: sourceTitles(context),
          areas: shown,
          rows: all === 'yes' ? standing : standing.slice(0, rowsAtFirst),
          moreRows: all === 'yes' ? 0 : Math.max(0, standing.length - rowsAtFirst),
          before: rows.filter(({ recipient }) => past.has(recipient)),
          said: said.map((one) => named(one, titles.get(one.recipient ?? everybody) ?? '')),
          statutes,
          asked: asked
            .filter(({ meeting }) => meeting === undefined)
            .map((one) => named(one, titles.get(one.recipient) ?? one.recipient)),
          takenBack: facts.takenBack.map((one) => named(one, one.asked?.name ?? one.asked?.unit ?? one.recipient)),
          meetings: waitingMeetings(facts, now),
        },
      );
    },
  });
};
