// Alerts in the worker: rounds of the rules every quarter of a minute, messages every few seconds. Any number of workers do
// no harm: rounds lock, messages are claimed. A mail server that does not answer holds up nothing but mail.
import { cutActs } from '../store/acts.ts';
import { pruneAlerts } from '../store/alert-episodes.ts';
import { storeError } from '../store/db.ts';
import { alertRound, type LookedAt, type RoundDeps } from './alert-round.ts';
import { type AlertSendDeps, sendAlertNotice } from './alert-send.ts';
import { repeat } from './repeat.ts';

export interface AlertDeps extends RoundDeps, AlertSendDeps {
  /** How long what operators did is kept. */
  readonly keepActsMs: number;
}

export interface RunningAlerts {
  close(): Promise<void>;
}

const roundEveryMs = 15_000;
const sendEveryMs = 3000;
const tidyEveryMs = 3_600_000;
/** So that one server that hangs does not hold up everybody else's messages. */
const sendersAtOnce = 4;

const sendAll = async (deps: AlertSendDeps): Promise<void> => {
  const sendOn = async (): Promise<void> => {
    while ((await sendAlertNotice(deps)) !== undefined);
  };
  await Promise.all(Array.from({ length: sendersAtOnce }, sendOn));
};

export const startAlerts = (deps: AlertDeps): RunningAlerts => {
  const { pool, clock, log, config } = deps;
  const failed = (event: string) => (error: unknown) => log.warn({ event, error: storeError(error) });
  const lookedAt: LookedAt = new Map();
  let tidyAt = 0;
  const tidy = async (): Promise<void> => {
    if (performance.now() < tidyAt) return;
    tidyAt = performance.now() + tidyEveryMs;
    const now = clock.now().getTime();
    await pruneAlerts(pool, new Date(now - config.keep));
    await cutActs(pool, new Date(now - deps.keepActsMs));
  };
  const rounds = repeat(
    async () => {
      await alertRound(deps, lookedAt);
      await tidy();
    },
    roundEveryMs,
    failed('alerts.failed'),
  );
  const sending = repeat(() => sendAll(deps), sendEveryMs, failed('alerts.not-sent'));
  return {
    async close() {
      await Promise.all([rounds.stop(), sending.stop()]);
    },
  };
};
