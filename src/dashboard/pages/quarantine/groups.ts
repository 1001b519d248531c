// The quarantine: what could not be stored, by cause; and of each, how many would be stored if they were tried again now.
// That is counted after the page is there, for it takes a while.
import { z } from 'zod';
import { quarantineGroups } from '../../../store/quarantine-read.ts';
import { readFilters } from '../../input.ts';
import type { RegisterPage } from '../../routes.ts';
import { registerQuarantineActs } from './acts.ts';
import { causeFilters, causeQuery, issueWords, titleOf } from './cause.ts';
import { registerQuarantineRecord } from './record.ts';
import { registerQuarantineRecords } from './records.ts';
import { registerReplay } from './replay.ts';
import { createVerdicts, type Judged } from './verdicts.ts';

export const registerQuarantine: RegisterPage = (app, context, pages) => {
  const verdicts = createVerdicts(context.steering, context.clock);
  registerQuarantineRecords(app, context, pages, verdicts);
  registerQuarantineRecord(app, context, pages);
  registerQuarantineActs(app, context, pages, verdicts);
  registerReplay(app, context, pages, verdicts);

  app.get('/admin/quarantine', { config: { page: 'view' } }, async (request, reply) => {
    const speech = pages.speech(request);
    const { judge, ...only } = readFilters(request, { ...causeFilters, judge: z.literal('yes') });
    const judged: Judged | undefined = judge === undefined ? verdicts.latest() : await verdicts.read();
    const every = await quarantineGroups(context.pool);
    const groups = every
      .filter((group) => Object.entries(only).every(([name, value]) => group[name as keyof typeof only] === value))
      .map((group) => ({
        ...group,
        query: causeQuery(group),
        words: issueWords(speech, group.code),
        verdict: judged?.verdicts.find((one) => causeQuery(one) === causeQuery(group)),
      }));
    const sources = [...Map.groupBy(groups, ({ source }) => source)].map(([source, causes]) => ({
      source,
      title: titleOf(context, source),
      causes,
      count: causes.reduce((sum, { count }) => sum + count, 0),
      replayable: causes.reduce((sum, { replayable }) => sum + replayable, 0),
    }));
    const query = causeQuery(only);
    return pages.page(
      request,
      reply,
      'quarantine/groups',
      { title: speech.t('quarantine.title') },
      {
        sources,
        only,
        known: [...new Set(every.map(({ source }) => source))].map((name) => ({ name, title: titleOf(context, name) })),
        total: groups.reduce((sum, { count }) => sum + count, 0),
        judged,
        judgeHref: `/admin/quarantine?${query === '' ? '' : `${query}&`}judge=yes`,
        once: crypto.randomUUID(),
      },
    );
  });
};
