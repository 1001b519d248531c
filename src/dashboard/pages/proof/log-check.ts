// Is the access log whole? How far its chain is sealed, what the last check found, and a check of the whole chain on demand:
// one at a time, in this process, its progress kept where every page finds it.
import type { FastifyInstance } from 'fastify';
import { asHubError } from '../../../errors.ts';
import { recordAct } from '../../../store/acts.ts';
import { readAnchorState } from '../../../store/anchor-state.ts';
import { transaction } from '../../../store/db.ts';
import {
  beatCheck,
  beginCheck,
  endCheck,
  type LastCheck,
  type RunningCheck,
  readChecks,
} from '../../../store/log-check.ts';
import { sealStatus } from '../../../store/seal.ts';
import type { DashboardContext } from '../../context.ts';
import { actingOf } from '../../input.ts';
import type { RegisterPage } from '../../routes.ts';

const beatMs = 2_000;
/** Shown and kept; a log with more than these is not mended by reading them. */
const mostFindings = 50;

type Acting = ReturnType<typeof actingOf>;

const follow = async (context: DashboardContext, check: RunningCheck, signal: AbortSignal): Promise<LastCheck> => {
  let links = 0;
  const beat = setInterval(() => {
    beatCheck(context.pool, check, context.clock.now(), links).catch((error: unknown) =>
      context.log.warn({ event: 'log.check-not-told', error }),
    );
  }, beatMs);
  const { person, startedAt } = check;
  const ended = (): Pick<LastCheck, 'person' | 'startedAt' | 'endedAt'> => ({
    person,
    startedAt,
    endedAt: context.clock.now().toISOString(),
  });
  try {
    const { report, outside } = await context.steering.checkLog((so) => {
      links = so;
    }, signal);
    const { sealed, unsealed, head, findings } = report;
    return {
      ...ended(),
      state: report.ok ? 'whole' : 'broken',
      ...{ sealed, unsealed, head },
      findings: findings.slice(0, mostFindings),
      more: report.more || findings.length > mostFindings,
      ...(outside === undefined ? {} : { outside }),
    };
  } catch (error) {
    if (!signal.aborted) context.log.error({ event: 'log.check-failed', error });
    // Broken off because the server closes: there is nothing wrong to tell.
    const errorCode = signal.aborted ? {} : { errorCode: asHubError(error).code };
    return { ...ended(), state: 'failed', ...errorCode, findings: [], more: false };
  } finally {
    clearInterval(beat);
  }
};

const keep = (context: DashboardContext, check: RunningCheck, found: LastCheck, acting: Acting): Promise<void> =>
  transaction(context.pool, async (tx) => {
    await endCheck(tx, check, found);
    await recordAct(tx, {
      at: new Date(found.endedAt),
      ...acting,
      what: 'log.verify',
      subject: 'access-log',
      outcome: found.state,
      detail: { sealed: found.sealed ?? null, findings: found.findings.length },
    });
  });

/** Runs checks for as long as the server does. */
const createChecker = (app: FastifyInstance, context: DashboardContext) => {
  const closing = new AbortController();
  let underWay: Promise<void> = Promise.resolve();
  app.addHook('onClose', async () => {
    closing.abort();
    await underWay;
  });
  return async (acting: Acting): Promise<void> => {
    const { sealed } = await sealStatus(context.pool);
    const asked = { person: acting.person, of: sealed, at: context.clock.now() };
    const check = await beginCheck(context.pool, asked);
    if (check === undefined) return;
    underWay = follow(context, check, closing.signal)
      .then((found) => keep(context, check, found, acting))
      .catch((error: unknown) => context.log.error({ event: 'log.check-not-kept', error }));
  };
};

export const registerLogCheck: RegisterPage = (app, context, pages) => {
  const begin = createChecker(app, context);
  app.get('/admin/log/check', { config: { page: 'dpo' } }, async (request, reply) => {
    const now = context.clock.now();
    const [status, checks, anchor] = await Promise.all([
      sealStatus(context.pool),
      readChecks(context.pool, now),
      readAnchorState(context.pool),
    ]);
    const { t } = pages.speech(request);
    return pages.page(
      request,
      reply,
      'proof/log-check',
      { title: t('log.check.title') },
      { status, ...checks, anchor },
    );
  });

  app.post('/admin/log/check', { config: { page: 'dpo' } }, async (request, reply) => {
    await begin(actingOf(request));
    return reply.redirect('/admin/log/check', 303);
  });
};
