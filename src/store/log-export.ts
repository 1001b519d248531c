// Taking the log out in the order of its chain, so that an export goes on where the last one stopped: by a number in a
// file, or in the database for what is sent by itself. At least once: whoever receives tells twice by the record's id.
import { HubError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { type Db, type Pool, transaction } from './db.ts';
import { entryColumns } from './log-entry.ts';
import { otlpOf, type SealedEntry } from './log-otlp.ts';

export const sealedAfter = async (db: Db, number: number, limit: number): Promise<readonly SealedEntry[]> => {
  const { rows } = await db.query<{ [K in keyof SealedEntry]: SealedEntry[K] }>(
    `select s.number, ${entryColumns} from log_seal s join access_log e on e.id = s.entry_id
     where s.number > $1 order by s.number limit $2`,
    [number, limit],
  );
  return rows;
};

export interface OtlpTarget {
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly everyMs: number;
}

const batch = 500;
const setting = 'log.sent';

const send = async (target: OtlpTarget, body: object, signal: AbortSignal): Promise<void> => {
  const answer = await fetch(target.endpoint, {
    method: 'POST',
    headers: { ...target.headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]),
  });
  await answer.body?.cancel();
  if (answer.ok) return;
  throw new HubError({
    code: 'source/unavailable',
    fault: 'transient',
    message: `The collector of log records answered ${answer.status}.`,
    hint: 'See `log.otlp` in the configuration.',
  });
};

/** Sends one batch; one process at a time. @returns how many entries it took. */
export const sendLog = async (
  pool: Pool,
  target: OtlpTarget,
  municipality: string,
  signal: AbortSignal,
): Promise<number> =>
  transaction(pool, async (tx) => {
    const { rows: lock } = await tx.query<{ ok: boolean }>('select pg_try_advisory_xact_lock(7265750) as ok');
    if (lock[0]?.ok !== true) return 0;
    const { rows } = await tx.query<{ value: string }>('select value from hub_setting where name = $1', [setting]);
    const entries = await sealedAfter(tx, Number(rows[0]?.value ?? 0), batch);
    const last = entries.at(-1);
    if (last === undefined) return 0;
    await send(target, otlpOf(entries, municipality, new Date()), signal);
    await tx.query(
      `insert into hub_setting (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value`,
      [setting, String(last.number)],
    );
    return entries.length;
  });

export interface LogSender {
  stop(): Promise<void>;
}

/** Sends until stopped. What fails is tried again at the next turn and logged once until it works again. */
export const startLogSender = (
  pool: Pool,
  options: { readonly log: Logger; readonly target: OtlpTarget; readonly municipality: string },
): LogSender => {
  const { log, target, municipality } = options;
  const stopping = new AbortController();
  let failing = false;
  const turn = async (): Promise<void> => {
    try {
      while (!stopping.signal.aborted && (await sendLog(pool, target, municipality, stopping.signal)) === batch);
      if (failing) log.info({ event: 'log.send-resumed' });
      failing = false;
    } catch (error) {
      if (stopping.signal.aborted) return;
      if (!failing) log.error({ event: 'log.send-failed', err: error });
      failing = true;
    }
  };
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await turn();
      await new Promise<void>((done) => {
        const timer = setTimeout(done, target.everyMs);
        stopping.signal.addEventListener(
          'abort',
          () => {
            clearTimeout(timer);
            done();
          },
          { once: true },
        );
        if (stopping.signal.aborted) done();
      });
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
};
