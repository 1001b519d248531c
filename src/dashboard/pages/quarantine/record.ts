// One record in quarantine. What it says is somebody's own affair: it shows only to who says why, and not before that is
// in the access log, where the citizens concerned read it. Then with a mark at the field that could not be read.
import { z } from 'zod';
import { recordAct } from '../../../store/acts.ts';
import { transaction } from '../../../store/db.ts';
import { logQuarantineLook } from '../../../store/quarantine-look.ts';
import { type QuarantineRow, readQuarantine } from '../../../store/quarantine-read.ts';
import { actingOf, readForm, viewerOf, whyField } from '../../input.ts';
import type { RegisterPage } from '../../routes.ts';
import { causeQuery, issueWords, titleOf } from './cause.ts';
import { markedLines } from './marked-lines.ts';
import { shownKey } from './records.ts';

type Of = { Params: { id: string } };
const address = '/admin/quarantine/:id(^\\d{1,15}$)';
const reason = z.object({ why: whyField });

export const registerQuarantineRecord: RegisterPage = (app, context, pages) => {
  const read = async (id: string): Promise<QuarantineRow | undefined> =>
    (await readQuarantine(context.pool, context.keys, { id: Number(id), limit: 1 }))[0];
  const about = (row: QuarantineRow) => ({
    row: { ...row, content: undefined },
    kept: row.content !== undefined,
    key: shownKey(context, row),
    source: titleOf(context, row.source),
    query: causeQuery(row),
    paths: context.steering.sourcePaths(row),
  });

  app.get<Of>(address, { config: { page: 'view' } }, async (request, reply) => {
    const row = await read(request.params.id);
    if (row === undefined) return pages.missing(request, reply);
    const speech = pages.speech(request);
    const title = speech.t('quarantine.record', { id: row.id });
    const heading = issueWords(speech, row.code);
    return pages.page(request, reply, 'quarantine/record', { title, heading }, about(row));
  });

  app.post<Of>(address, { config: { page: 'operate' } }, async (request, reply) => {
    const row = await read(request.params.id);
    if (row === undefined) return pages.missing(request, reply);
    const speech = pages.speech(request);
    const title = speech.t('quarantine.record', { id: row.id });
    const heading = issueWords(speech, row.code);
    const form = readForm(request, reason);
    if (!form.ok)
      return pages.page(
        request,
        reply,
        'quarantine/record',
        { title, heading, status: 422 },
        { ...about(row), faults: form.faults },
      );
    const { content } = row;
    if (content === undefined) return pages.page(request, reply, 'quarantine/record', { title, heading }, about(row));
    const acting = actingOf(request);
    const { actor } = viewerOf(request);
    await transaction(context.pool, async (tx) => {
      await logQuarantineLook(tx, context.accessLog, row, {
        actor: {
          kind: actor.kind,
          ...acting,
          ...(actor.organisation === undefined ? {} : { organisation: actor.organisation }),
          ...(actor.unit === undefined ? {} : { unit: actor.unit }),
        },
        endpoint: 'POST /admin/quarantine/:id',
        reason: form.data.why,
        correlation: request.id,
      });
      await recordAct(tx, {
        at: context.clock.now(),
        ...acting,
        what: 'quarantine.inspect',
        subject: String(row.id),
        source: row.source,
        why: form.data.why,
        detail: { kind: row.kind, code: row.code.slice(0, 200), path: row.path.slice(0, 200) },
      });
    });
    const said = about(row);
    return pages.page(
      request,
      reply,
      'quarantine/record',
      { title, heading },
      { ...said, lines: markedLines(content.body, said.paths) },
    );
  });
};
