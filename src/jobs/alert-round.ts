// One round of the alert rules: look, decide, write down, and put into the outbox what contacts are to be told, all under
// one lock and in one transaction. A rule that cannot look says nothing, neither that something is wrong nor that it is not.
import { type Clock, copenhagenDay, copenhagenTime, insideWindow } from '../clock.ts';
import { type AlertsConfig, type RuleName, ruleNames } from '../config/alerts.ts';
import type { Logger } from '../log.ts';
import {
  beginPending,
  confirmEpisode,
  endPending,
  markTold,
  missEpisode,
  oneRound,
  openEpisode,
  resolveEpisode,
  standing,
  takeDigest,
  type Untold,
  untold,
} from '../store/alert-episodes.ts';
import { putNotice, toldOf } from '../store/alert-notices.ts';
import { storeError, type Tx } from '../store/db.ts';
import { placesOf } from './alert-contacts.ts';
import { readDigest } from './alert-digest.ts';
import { judge, type Looked, type Verdicts } from './alert-judge.ts';
import { hubRules } from './alert-rules-hub.ts';
import { sourceRules } from './alert-rules-sources.ts';
import type { AlertSettings } from './alert-settings.ts';
import type { SaidOfAlert } from './alert-texts.ts';
import type { AlertRule, AlertWorld } from './alert-world.ts';

export const alertRules: Readonly<Record<RuleName, AlertRule>> = { ...sourceRules, ...hubRules };

export interface RoundDeps {
  readonly world: AlertWorld;
  readonly clock: Clock;
  readonly log: Logger;
  readonly config: AlertsConfig;
  readonly settings: AlertSettings;
  /** For tests: other rules than the hub's. */
  readonly rules?: Readonly<Partial<Record<RuleName, AlertRule>>>;
}

/** When each slow rule was looked at last, in this worker. */
export type LookedAt = Map<string, number>;

const slowMs = 5 * 60_000;

const look = async (deps: RoundDeps, lookedAt: LookedAt, now: Date): Promise<readonly Looked[]> => {
  const found: Looked[] = [];
  for (const [rule, { every, look: ask }] of Object.entries(deps.rules ?? alertRules) as [RuleName, AlertRule][]) {
    const { on, severity, forMs, clearMs, threshold } = deps.settings[rule];
    if (!on) {
      found.push({ rule, severity, forMs, clearMs: 0, conditions: [] });
      continue;
    }
    if (every === 'slow' && now.getTime() - (lookedAt.get(rule) ?? Number.NEGATIVE_INFINITY) < slowMs) continue;
    try {
      found.push({ rule, severity, forMs, clearMs, conditions: await ask(deps.world, now, threshold) });
      lookedAt.set(rule, now.getTime());
    } catch (error) {
      deps.log.warn({ event: 'alert.rule-failed', rule, error: storeError(error) });
    }
  }
  return found;
};

/** Episodes of rules there are no more resolve. */
const forgotten = (standingRules: readonly string[]): readonly Looked[] =>
  [...new Set(standingRules)]
    .filter((rule) => !(ruleNames as readonly string[]).includes(rule))
    .map((rule) => ({ rule, severity: 'warning', forMs: 0, clearMs: 0, conditions: [] }));

const writeDown = async (tx: Tx, verdicts: Verdicts, now: Date): Promise<void> => {
  for (const one of verdicts.begin) await beginPending(tx, one);
  for (const one of verdicts.forget) await endPending(tx, one);
  for (const one of verdicts.open) await openEpisode(tx, { ...one, openedAt: now });
  for (const one of verdicts.confirm) await confirmEpisode(tx, one.id, one);
  for (const one of verdicts.miss) await missEpisode(tx, one.id, now);
  for (const one of verdicts.resolve) await resolveEpisode(tx, one.id, now);
};

const logAll = ({ log }: RoundDeps, { open, resolve }: Verdicts): void => {
  for (const { rule, subject, severity } of open) log.warn({ event: 'alert.opened', rule, subject, severity });
  for (const { rule, subject } of resolve) log.info({ event: 'alert.resolved', rule, subject });
};

const saidOf = (one: Untold, thread?: string): SaidOfAlert => ({
  alert: one.id,
  rule: one.rule,
  subject: one.subject,
  source: one.source,
  severity: one.severity,
  openedAt: one.openedAt.toISOString(),
  resolvedAt: one.resolvedAt?.toISOString() ?? null,
  said: one.said,
  ...(thread === undefined ? {} : { thread }),
});

const tellEnd = async (tx: Tx, one: Untold, now: Date): Promise<void> => {
  if (alertRules[one.rule as RuleName]?.tellsEnd === false) return;
  for (const { contact, place, first } of await toldOf(tx, one.id))
    await putNotice(
      tx,
      { alert: one.id, event: 'resolved', step: one.step + 1, contact, place, said: saidOf(one, first) },
      now,
    );
};

const tellBeginning = async (tx: Tx, deps: RoundDeps, one: Untold, now: Date): Promise<void> => {
  const event = one.toldStep === 0 ? 'opened' : 'worsened';
  const threads = new Map((await toldOf(tx, one.id)).map((told) => [`${told.contact} ${told.place}`, told.first]));
  for (const contact of deps.settings[one.rule as RuleName]?.to ?? [])
    for (const { place } of placesOf(deps.config, contact)) {
      const said = saidOf(one, threads.get(`${contact} ${place}`));
      await putNotice(tx, { alert: one.id, event, step: one.step, contact, place, said }, now);
    }
};

/** What is snoozed or falls into quiet hours stays untold, and is told when that ends, should it still be so. */
const tell = async (tx: Tx, deps: RoundDeps, now: Date): Promise<void> => {
  const quiet = deps.config.quiet.some((window) => insideWindow(now, window));
  for (const one of await untold(tx, now)) {
    const over = one.resolvedAt !== null;
    const heard = one.toldStep > 0;
    if (heard || !over) {
      if (quiet && one.severity !== 'critical') continue;
      if (one.snoozed && !over) continue;
      await (over ? tellEnd(tx, one, now) : tellBeginning(tx, deps, one, now));
    }
    await markTold(tx, one);
  }
};

const digest = async (tx: Tx, deps: RoundDeps, now: Date): Promise<void> => {
  const { at, to } = deps.config.digest;
  if (to.length === 0 || copenhagenTime(now) < at || !(await takeDigest(tx, copenhagenDay(now), now))) return;
  const said = await readDigest(tx, now);
  for (const contact of to)
    for (const { place } of placesOf(deps.config, contact))
      await putNotice(tx, { event: 'digest', contact, place, said }, now);
};

/** @returns false when another worker's round was under way. */
export const alertRound = async (deps: RoundDeps, lookedAt: LookedAt): Promise<boolean> => {
  const verdicts = await oneRound(deps.world.pool, async (tx) => {
    const now = deps.clock.now();
    const was = await standing(tx);
    const looked = await look(deps, lookedAt, now);
    const left = forgotten([...was.open, ...was.pending].map(({ rule }) => rule));
    const found = judge([...looked, ...left], was, now);
    await writeDown(tx, found, now);
    await tell(tx, deps, now);
    await digest(tx, deps, now);
    return found;
  });
  if (verdicts !== undefined) logAll(deps, verdicts);
  return verdicts !== undefined;
};
