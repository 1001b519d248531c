// What an operator may do to a source: fetch it now, try the connection, pause and resume, fetch everything again, rebuild.
// All but the first two are two steps with a reason; a rebuild also asks for the source's name. The worker does them.
import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { askForPull, runsOfPull } from '../../jobs/ask-pull.ts';
import { type ActName, recordAct } from '../../store/acts.ts';
import { reportSuccess } from '../../store/breaker.ts';
import { type Tx, transaction } from '../../store/db.ts';
import { readSourceView } from '../../store/source-view.ts';
import { setPaused } from '../../store/sync-state.ts';
import type { ShownSource } from '../context.ts';
import { actingOf, onceOf, readForm, whyField } from '../input.ts';
import type { RegisterPage } from '../routes.ts';

const steps = ['pause', 'resume', 'reload', 'rebuild'] as const;
type Step = (typeof steps)[number];
type Of = { Params: { source: string } };
interface Form {
  readonly kind?: string | undefined;
  readonly why: string;
  readonly confirm?: string | undefined;
}

const formOf = (step: Step, source: string, kinds: readonly string[]): z.ZodType<Form> =>
  z.object({
    kind: z.enum(kinds).optional(),
    why: whyField,
    confirm: step === 'rebuild' ? z.string().refine((typed) => typed === source, 'notTheName') : z.string().optional(),
  });

const field = (request: FastifyRequest, name: string): string => {
  const value = (request.body as Readonly<Record<string, unknown>> | undefined)?.[name];
  return typeof value === 'string' ? value : '';
};

export const registerSourceActs: RegisterPage = (app, context, pages) => {
  const named = (request: FastifyRequest<Of>): ShownSource | undefined =>
    context.sources.find(({ name }) => name === request.params.source);
  /** Mapped kinds that are paused, or that are not. */
  const kindsOf = async (source: ShownSource, paused: boolean): Promise<readonly string[]> => {
    const { kinds } = await readSourceView(context.pool, source.name);
    const stopped = new Set(kinds.filter((one) => one.paused).map(({ kind }) => kind));
    return source.kinds
      .filter(({ name, version }) => version !== undefined && stopped.has(name) === paused)
      .map(({ name }) => name);
  };
  const note = (
    tx: Tx,
    request: FastifyRequest,
    source: ShownSource,
    act: { what: ActName; kinds: readonly string[]; why?: string; outcome?: string; run?: string | undefined },
  ): Promise<number> => {
    const [only, ...others] = act.kinds;
    return recordAct(tx, {
      at: context.clock.now(),
      ...actingOf(request),
      what: act.what,
      subject: only === undefined || others.length > 0 ? source.name : `${source.name}/${only}`,
      source: source.name,
      ...(act.why === undefined ? {} : { why: act.why }),
      ...(act.outcome === undefined ? {} : { outcome: act.outcome }),
      detail: {
        kinds: act.kinds.join(', ').slice(0, 2000),
        ...(act.run === undefined ? {} : { run: act.run }),
      },
    });
  };
  const pull = (
    request: FastifyRequest,
    source: ShownSource,
    kinds: readonly string[],
    want: 'next' | 'reload' | 'rebuild',
    why?: string,
  ): Promise<void> =>
    transaction(context.pool, async (tx) => {
      const asked = { source: source.name, kinds, want, once: onceOf(request) };
      const [only, ...others] = runsOfPull(asked);
      await note(tx, request, source, {
        what: `source.${want === 'next' ? 'sync' : want}`,
        kinds,
        outcome: 'begun',
        run: others.length === 0 ? only?.runId : undefined,
        ...(why === undefined ? {} : { why }),
      });
      await askForPull(context.queues, asked);
    });
  const back = (reply: FastifyReply, { name }: ShownSource, done: string): FastifyReply =>
    reply.redirect(`/admin/sources/${encodeURIComponent(name)}?done=source.${done}`, 303);

  app.post<Of>('/admin/sources/:source/sync', { config: { page: 'operate' } }, async (request, reply) => {
    const source = named(request);
    if (source === undefined) return pages.missing(request, reply);
    const wanted = field(request, 'kind');
    const kinds = (await kindsOf(source, false)).filter((kind) => wanted === '' || kind === wanted);
    if (kinds.length === 0) return back(reply, source, 'nothing');
    await pull(request, source, kinds, 'next');
    return back(reply, source, 'sync');
  });

  app.post<Of>('/admin/sources/:source/probe', { config: { page: 'operate' } }, async (request, reply) => {
    const source = named(request);
    if (source === undefined) return pages.missing(request, reply);
    const answer = await context.steering.probe(source.name);
    await transaction(context.pool, async (tx) => {
      // It answers whoever asks: the worker need not wait for a probe of its own.
      if (answer.up) await reportSuccess(tx, source.name);
      await note(tx, request, source, { what: 'source.probe', kinds: [], outcome: answer.up ? 'up' : answer.code });
    });
    const { t } = pages.speech(request);
    return pages.page(
      request,
      reply,
      'source-probe',
      { title: t('source.probed', { source: source.title }) },
      { source, answer, setup: context.steering.setup(source.name), once: randomUUID() },
    );
  });

  for (const step of steps) {
    const show = async (
      request: FastifyRequest,
      reply: FastifyReply,
      source: ShownSource,
      faults?: Readonly<Record<string, string>>,
    ): Promise<FastifyReply> => {
      const speech = pages.speech(request);
      const asks = step === 'reload' || step === 'rebuild';
      const forecast = asks ? await context.steering.forecast(source.name) : undefined;
      return pages.page(
        request,
        reply,
        'source-act',
        {
          title: speech.t(`source.${step}.title`, { source: source.title }),
          ...(faults === undefined ? {} : { status: 422 }),
        },
        {
          source,
          step,
          kinds: await kindsOf(source, step === 'resume'),
          forecast,
          faults,
          once: randomUUID(),
          typed: { kind: field(request, 'kind'), why: field(request, 'why'), confirm: field(request, 'confirm') },
        },
      );
    };
    const path = `/admin/sources/:source/${step}`;
    app.get<Of>(path, { config: { page: 'operate' } }, async (request, reply) => {
      const source = named(request);
      return source === undefined ? pages.missing(request, reply) : show(request, reply, source);
    });
    app.post<Of>(path, { config: { page: 'operate' } }, async (request, reply) => {
      const source = named(request);
      if (source === undefined) return pages.missing(request, reply);
      const possible = await kindsOf(source, step === 'resume');
      if (possible.length === 0) return back(reply, source, 'nothing');
      const form = readForm(request, formOf(step, source.name, possible));
      if (!form.ok) return show(request, reply, source, form.faults);
      const { kind, why } = form.data;
      const kinds = kind === undefined ? possible : [kind];
      if (step === 'reload' || step === 'rebuild') await pull(request, source, kinds, step, why);
      else
        await transaction(context.pool, async (tx) => {
          await setPaused(tx, source.name, kinds, step === 'pause');
          await note(tx, request, source, { what: `source.${step}`, kinds, why });
        });
      return back(reply, source, step);
    });
  }
};
