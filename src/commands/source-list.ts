// source list, source pause, source resume: how each kind of every source fares, by the same judgement as the overview's,
// and stopping and going on, each with a reason that is found again.
import type { Command } from 'commander';
import { HubError } from '../errors.ts';
import { soonestInWords } from '../jobs/expiry.ts';
import { freshFor } from '../main.ts';
import { recordAct } from '../store/acts.ts';
import { transaction } from '../store/db.ts';
import { readOverview } from '../store/overview.ts';
import type { KindStanding } from '../store/source-standing.ts';
import { setPaused } from '../store/sync-state.ts';
import { acting, configOf, print, say, sourceNamed, withHub } from './context.ts';
import { noSuchKind } from './sync.ts';

/** What a breaker hides: kinds that are pulled, or would be. */
const pulled: ReadonlySet<KindStanding> = new Set(['failing', 'late', 'loading', 'never', 'ok']);

export const listSources = (command: Command) =>
  withHub(configOf(command), async ({ hub }) => {
    const now = hub.clock.now();
    const fresh = freshFor(hub);
    const asked = [...hub.sources].map(([name, { source }]) => ({
      name,
      freshForMs: hub.config.sources[name]?.freshFor ?? fresh[name] ?? 7_200_000,
      kinds: source.kinds.map((kind) => ({ name: kind.name, mapped: kind.mapping !== undefined })),
    }));
    const rows = (await readOverview(hub.pool, asked, now)).sources.flatMap(({ source: name, kinds, breaker }) => {
      const work = hub.sources.get(name);
      const open = breaker !== null && breaker.state !== 'closed';
      return kinds.map(({ kind, standing, lastRun, lastCompleteAt, nextAt }) => {
        const mapping = work?.source.kinds.find((one) => one.name === kind)?.mapping;
        const hidden = open && pulled.has(standing);
        return {
          source: name,
          kind,
          mapped: mapping === undefined ? 'no' : `v${mapping.version}`,
          state: hidden ? 'breaker open' : standing,
          'last complete': lastCompleteAt,
          'next run': pulled.has(standing) ? nextAt : null,
          error: hidden ? (breaker.error_code ?? null) : standing === 'failing' ? (lastRun?.errorCode ?? null) : null,
          expires: soonestInWords(work?.expiries ?? [], now) ?? null,
        };
      });
    });
    print(command, rows, 'No sources are configured.');
  });

const reasonOf = (given: string): string => {
  const reason = given.trim();
  if (reason !== '' && reason.length <= 500) return reason;
  throw new HubError({
    code: 'request/invalid',
    fault: 'config',
    message: reason === '' ? 'Say why.' : 'Say why in 500 characters.',
    hint: 'Add --reason "…"; whoever wonders later finds it with `samspil acts`.',
  });
};

export const pause = (command: Command, name: string, options: { kind?: string; reason: string }, paused: boolean) =>
  withHub(configOf(command), async (opened) => {
    const why = reasonOf(options.reason);
    const { source } = sourceNamed(opened, name);
    const kinds = source.kinds
      .filter((kind) => kind.mapping !== undefined && (options.kind ?? kind.name) === kind.name)
      .map((kind) => kind.name);
    if (kinds.length === 0) throw noSuchKind(source, options.kind);
    const { hub } = opened;
    await transaction(hub.pool, async (tx) => {
      await setPaused(tx, name, kinds, paused);
      await recordAct(tx, {
        ...acting(hub),
        what: paused ? 'source.pause' : 'source.resume',
        subject: options.kind === undefined ? name : `${name}/${options.kind}`,
        source: name,
        why,
        detail: { kinds: kinds.join(', ').slice(0, 2000) },
      });
    });
    say(`${name}: ${kinds.join(', ')} ${paused ? 'are not pulled until they are resumed' : 'are pulled again'}.`);
  });
