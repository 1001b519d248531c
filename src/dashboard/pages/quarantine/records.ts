// The records of one cause: which, since when, and what can be done with all of them. Keys by their ends, no contents.
import { z } from 'zod';
import { maskKey } from '../../../model/mask.ts';
import { quarantineGroups, readQuarantine } from '../../../store/quarantine-read.ts';
import type { DashboardContext } from '../../context.ts';
import { readFilters, withQuery } from '../../input.ts';
import type { RegisterPage } from '../../routes.ts';
import { causeFilters, causeQuery, filterOf, issueWords, titleOf } from './cause.ts';
import type { Verdicts } from './verdicts.ts';

const perPage = 50;

/** Undefined where nothing may be seen of it, or nothing is kept. */
export const shownKey = (
  { sources }: Pick<DashboardContext, 'sources'>,
  row: { readonly source: string; readonly kind: string; readonly content: { readonly key: string } | undefined },
): string | undefined => {
  const kind = sources.find(({ name }) => name === row.source)?.kinds.find(({ name }) => name === row.kind);
  return row.content === undefined || kind === undefined || kind.keyIsCpr ? undefined : maskKey(row.content.key);
};

export const registerQuarantineRecords = (
  ...[app, context, pages, verdicts]: [...Parameters<RegisterPage>, Verdicts]
): void => {
  app.get('/admin/quarantine/records', { config: { page: 'view' } }, async (request, reply) => {
    const speech = pages.speech(request);
    const { after, judge, ...cause } = readFilters(request, {
      ...causeFilters,
      after: z.coerce.number().int().nonnegative(),
      judge: z.literal('yes'),
    });
    const groups = await quarantineGroups(context.pool);
    const group = groups.find(
      (one) =>
        one.source === cause.source &&
        one.kind === cause.kind &&
        one.code === cause.code &&
        one.path === (cause.path ?? ''),
    );
    // Nothing of it waits any more.
    if (group === undefined) return reply.redirect('/admin/quarantine?done=quarantine.empty', 303);
    const judged = judge === undefined ? verdicts.latest() : await verdicts.read();
    const rows = await readQuarantine(context.pool, context.keys, {
      ...filterOf(group),
      ...(after === undefined ? {} : { after }),
      limit: perPage + 1,
    });
    const shown = rows.slice(0, perPage);
    const query = causeQuery(group);
    return pages.page(
      request,
      reply,
      'quarantine/records',
      { title: issueWords(speech, group.code) },
      {
        group,
        query,
        source: titleOf(context, group.source),
        rows: shown.map((row) => ({
          ...row,
          content: undefined,
          kept: row.content !== undefined,
          key: shownKey(context, row),
        })),
        verdict: judged?.verdicts.find((one) => causeQuery(one) === query),
        judged,
        judgeHref: `/admin/quarantine/records?${query}&judge=yes`,
        once: crypto.randomUUID(),
        firstHref: after === undefined ? undefined : withQuery(request.url, { after: undefined }),
        nextHref: rows.length > perPage ? withQuery(request.url, { after: shown.at(-1)?.arrival }) : undefined,
      },
    );
  });
};
