// GET …/access-log/export: the whole log about a citizen as a file they can keep, JSON or CSV, page by page in constant
// memory. The view is the same as on screen.
import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import type { FastifyInstance } from 'fastify';
import { accessLogFor, type LogAnswer, type ShownEntry } from '../consent/read-log.ts';
import { citizenOf, reach, sendElsewhere } from './citizen-door.ts';
import type { FeedContext } from './context.ts';
import { disclose } from './disclosure.ts';
import { invalid } from './input.ts';
import { type LogView, logViewOf } from './log-view.ts';

const formats = { json: 'application/json', csv: 'text/csv' } as const;
type Format = keyof typeof formats;
const pageSize = 1_000;

const columns = [
  ...(['at', 'text', 'kind', 'person', 'role', 'organisation', 'unit', 'consumer', 'represented', 'purpose'] as const),
  ...(['endpoint', 'decision', 'bases', 'records', 'emergency', 'number', 'correlation'] as const),
] satisfies readonly (keyof ShownEntry)[];

const cellOf = (value: ShownEntry[keyof ShownEntry]): string =>
  Array.isArray(value) ? value.join('; ') : value === undefined ? '' : String(value);

/** RFC 4180. What a spreadsheet would take for a formula is written as text. */
const csvOf = (rows: readonly (readonly string[])[]): string =>
  stringify([...rows], { escape_formulas: true, record_delimiter: 'windows' });

const written = {
  json: {
    open: (citizen: string, at: Date) => `{"citizen":"${citizen}","exportedAt":"${at.toISOString()}","entries":[`,
    page: (entries: readonly ShownEntry[], first: boolean) =>
      (first || entries.length === 0 ? '' : ',') + entries.map((entry) => JSON.stringify(entry)).join(','),
    close: () => ']}',
  },
  csv: {
    open: () => csvOf([columns]),
    page: (entries: readonly ShownEntry[]) =>
      entries.length === 0 ? '' : csvOf(entries.map((entry) => columns.map((column) => cellOf(entry[column])))),
    close: () => '',
  },
} as const;

async function* exported(
  context: FeedContext,
  view: LogView,
  format: Format,
  first: LogAnswer,
): AsyncGenerator<string> {
  const { open, page, close } = written[format];
  yield open(view.citizen, context.clock.now());
  yield page(first.entries, true);
  for (let after = first.next; after !== undefined; ) {
    const next = await accessLogFor(context.pool, { ...view, limit: pageSize, after });
    yield page(next.entries, false);
    after = next.next;
  }
  yield close();
}

export const registerLogExport = (app: FastifyInstance, context: FeedContext): void => {
  app.get('/v1/citizens/:id/access-log/export', { config: { scopes: ['log.read'] } }, async (request, reply) => {
    const citizen = citizenOf(request);
    const { format = 'json' } = request.query as { format?: unknown };
    if (format !== 'json' && format !== 'csv') throw invalid('format', 'json or csv.');
    const living = await reach(context, request, citizen);
    if (living !== undefined) return sendElsewhere(context, request, reply, citizen, living);
    const view = await logViewOf(context, request, citizen);
    const first = await accessLogFor(context.pool, { ...view, limit: pageSize });
    await disclose(context, request, [{ citizen, decision: 'allowed' }]);
    return reply
      .header('content-type', `${formats[format]}; charset=utf-8`)
      .header('content-disposition', `attachment; filename="access-log.${format}"`)
      .header('cache-control', 'private, no-store')
      .header('vary', 'Authorization, X-Purpose')
      .send(Readable.from(exported(context, view, format, first), { objectMode: false }));
  });
};
