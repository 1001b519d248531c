// drift list|show|accept: what has changed in what the sources send. Names of fields, types, counts, and codes that look
// like codes; never what somebody has written.
import type { Command } from 'commander';
import { HubError } from '../errors.ts';
import { loadsNeeded } from '../pipeline/volume.ts';
import { recordAct } from '../store/acts.ts';
import { acceptDrift, type Drift, listDrift } from '../store/drift.ts';
import { loadHistory, readFieldHistory } from '../store/field-seen.ts';
import { readSyncState } from '../store/sync-state.ts';
import { acting, configOf, operator, print, say, wantsJson, withHub } from './context.ts';

const signs: Readonly<Record<Drift['type'], string>> = {
  'unknown-field': '+',
  'vanished-field': '-',
  'type-change': '~',
  'unknown-code': '?',
  'zero-rows': '!',
  volume: '!',
};

/** What changed, in a line. */
export const changeOf = ({ type, name, was, became, codes, times }: Drift): string => {
  const change = became === null ? '' : `: ${was ?? 'nothing'} → ${became}`;
  const shown = codes.length === 0 ? '' : `: ${codes.join(', ')}`;
  return `${signs[type]} ${name}${change}${shown} (${type}, ${times} times)`;
};

const list = (command: Command, options: { all?: boolean }) =>
  withHub(configOf(command), async ({ hub }) => {
    const found = await listDrift(hub.pool, { all: options.all === true });
    print(
      command,
      wantsJson(command)
        ? found
        : found.map((one) => ({
            id: one.id,
            source: one.source,
            kind: one.kind,
            what: changeOf(one),
            policy: one.did === 'note' ? 'noted' : one.did === 'hold' ? 'WAITS' : 'STOPPED',
            'first seen': one.firstSeen,
            'last seen': one.lastSeen,
            ...(options.all === true ? { accepted: one.acceptedAt } : {}),
          })),
      'The sources send what they always sent.',
    );
  });

const show = (command: Command, source: string, kind: string) =>
  withHub(configOf(command), async ({ hub }) => {
    const found = await listDrift(hub.pool, { source, kind });
    const history = await readFieldHistory(hub.pool, source, kind);
    const loads = await loadHistory(hub.pool, source, kind);
    const { paused } = await readSyncState(hub.pool, source, kind);
    if (wantsJson(command)) {
      const fields = [...history].map(([path, seen]) => ({ path, ...seen }));
      process.stdout.write(`${JSON.stringify({ source, kind, paused, found, fields, loads }, null, 2)}\n`);
      return;
    }
    const total = history.get('');
    const lines = [
      `${source}.${kind}${paused ? ', PAUSED' : ''}`,
      ...found.map((one) => `  ${changeOf(one)}, first ${one.firstSeen.toISOString().slice(0, 10)}, no. ${one.id}`),
      ...(found.length === 0 ? ['  nothing has changed'] : []),
      '',
      `Known fields, of ${(total?.records ?? 0) + (total?.recent ?? 0)} records looked at:`,
      ...[...history]
        .filter(([path]) => path !== '')
        .sort()
        .map(([path, seen]) => `    ${path}: ${seen.types.join(' or ')} in ${seen.records + seen.recent}`),
      '',
      loads.length < loadsNeeded
        ? `Volume is not judged yet: ${loads.length} of ${loadsNeeded} complete loads seen.`
        : `Latest complete loads: ${loads.slice(0, 10).join(', ')} records.`,
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
  });

const accept = (command: Command, ids: readonly string[], options: { reason?: string }) =>
  withHub(configOf(command), async ({ hub }) => {
    for (const id of ids) {
      const accepted = await acceptDrift(hub.pool, Number(id), operator(), (tx, { drift: found, resumed: goesOn }) =>
        recordAct(tx, {
          ...acting(hub),
          what: 'drift.accept',
          subject: id,
          source: found.source,
          why: options.reason,
          detail: { kind: found.kind, type: found.type, name: found.name, resumed: goesOn },
        }),
      );
      if (accepted === undefined)
        throw new HubError({
          code: 'request/not-found',
          fault: 'config',
          message: `There is no open finding ${/^\d{1,18}$/.test(id) ? id : 'of that number'}.`,
          hint: '`samspil drift list` shows what there is.',
        });
      const { drift, resumed } = accepted;
      say(
        `${changeOf(drift)} is right from now on.${resumed ? ` ${drift.source}.${drift.kind} is pulled again.` : ''}`,
      );
    }
  });

export const registerDrift = (program: Command): void => {
  const drift = program.command('drift').description('what has changed in what the sources send');
  drift
    .command('list')
    .option('--all', 'with what was accepted')
    .description('what waits for somebody first')
    .action((options: { all?: boolean }, command: Command) => list(command, options));
  drift
    .command('show')
    .argument('<source>')
    .argument('<kind>')
    .description('what changed, beside what is known of the kind')
    .action((source: string, kind: string, _, command: Command) => show(command, source, kind));
  drift
    .command('accept')
    .argument('<id...>')
    .option('--reason <text>', 'why; it is written down')
    .description('it is right as it is now; a kind that waited for nothing else is pulled again')
    .action((ids: readonly string[], options: { reason?: string }, command: Command) => accept(command, ids, options));
};
