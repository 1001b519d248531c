// explain: what somebody could see of a citizen at an instant, from the engine that decided it. For the data-protection
// officer: asking takes a reason, which is in the access log before anything is on the screen. Records are named by id,
// kind and source alone.
import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { copenhagenInstant, daysAfter } from '../clock.ts';
import { type Actor, actorKinds } from '../consent/actor.ts';
import { askedReader, readerAttributes } from '../consent/asked-reader.ts';
import { saidBeforeParty } from '../consent/before-party.ts';
import type { Decision } from '../consent/decide.ts';
import { explainAt } from '../consent/explain-past.ts';
import { decisionText } from '../consent/explain-text.ts';
import { HubError } from '../errors.ts';
import type { Hub } from '../main.ts';
import { maskNumbers } from '../model/cpr.ts';
import { createAccessLog } from '../store/access-log.ts';
import { citizenRow } from '../store/citizens.ts';
import { configOf, operator, print, say, wantsJson, withHub } from './context.ts';

interface Options extends Partial<Record<(typeof readerAttributes)[number] | 'kind' | 'at' | 'record', string>> {
  readonly citizen: string;
  readonly reader: string;
  readonly sector: string;
  readonly purpose?: string;
  readonly reason: string;
}

const wrong = (option: string, hint: string): HubError =>
  new HubError({ code: 'request/invalid', fault: 'config', message: `--${option} is not valid.`, hint });

/** An instant, or a day: then its last moment. Never later than now. */
const instantOf = (said: string | undefined, now: Date): Date => {
  if (said === undefined) return now;
  const day = /^\d{4}-\d\d-\d\d$/.test(said);
  const real = day && !Number.isNaN(Date.parse(said));
  const at = real ? new Date(copenhagenInstant(daysAfter(said, 1)).getTime() - 1) : new Date(said);
  if (Number.isNaN(at.getTime()) || (!day && !/^\d{4}-\d\d-\d\dT/.test(said)))
    throw wrong('at', 'An instant such as 2026-11-21T12:00:00Z, or a day such as 2026-11-21.');
  return at > now ? now : at;
};

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The citizen who lives under this id now. */
const citizenNamed = async (hub: Hub, id: string): Promise<string> => {
  const row = uuid.test(id) ? await citizenRow(hub.pool, id) : undefined;
  if (row === undefined) throw wrong('citizen', 'The citizen’s id in the hub: `POST /v1/citizens/lookup` tells it.');
  return row.survivor ?? id;
};

const logQuestion = async (hub: Hub, citizen: string, rows: readonly Decision[], reason: string): Promise<void> => {
  const log = createAccessLog(hub.pool, hub.keys, { sealStopMs: hub.config.sealStop, clock: hub.clock });
  try {
    await log.write([
      {
        actor: { kind: 'dpo', person: operator() },
        purpose: 'tilsyn',
        endpoint: 'samspil explain',
        citizen,
        records: rows.map((row) => row.recordId),
        decision: 'allowed',
        bases: [`reason: ${maskNumbers(reason)}`],
        correlation: randomUUID(),
      },
    ]);
  } finally {
    await log.close();
  }
};

/** What was seen first. */
const order: readonly Decision['show'][] = ['content', 'busy', 'stub', 'hidden'];

/** For whom the engine was asked, and how much they saw. */
const heading = (reader: Actor, at: Date, rows: readonly Decision[]): string => {
  const attributes = readerAttributes.flatMap((name) =>
    reader[name] === undefined ? [] : [`${name} ${reader[name]}`],
  );
  const when = at.toLocaleString('sv-SE', { timeZone: 'Europe/Copenhagen' });
  const shown = rows.filter(({ show }) => show === 'content').length;
  return [
    `${reader.person}: ${reader.kind}, ${reader.sector}, ${attributes.join(', ')}, for ${reader.purpose}`,
    `${when} (Copenhagen): sees ${shown} of ${rows.length} records`,
  ].join('\n');
};

const run = (command: Command, options: Options) =>
  withHub(configOf(command), async ({ hub }) => {
    const reason = options.reason.trim();
    if (reason === '') throw wrong('reason', 'Say why; it is logged, and the citizen can read it.');
    const { sector, kind, record } = options;
    if (sector !== 'public' && sector !== 'private') throw wrong('sector', 'public or private.');
    const known = actorKinds.find((one) => one === kind);
    if (kind !== undefined && known === undefined) throw wrong('kind', actorKinds.join(', '));
    if (record !== undefined && !uuid.test(record)) throw wrong('record', 'The id of a record.');
    const at = instantOf(options.at, hub.clock.now());
    const citizen = await citizenNamed(hub, options.citizen.toLowerCase());
    const reader = await askedReader(hub.pool, {
      person: options.reader,
      purpose: options.purpose ?? hub.config.purposes[0] ?? '',
      at,
      sector,
      said: Object.fromEntries(
        readerAttributes.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
      ),
      ...(known === undefined ? {} : { kind: known }),
    });
    if (reader === undefined)
      throw wrong('reader', 'The log knows no such reader: say --role, --unit, --organisation.');
    const rows = [...(await explainAt(hub.pool, reader, citizen, at, record))].sort(
      (a, b) =>
        order.indexOf(a.show) - order.indexOf(b.show) ||
        a.domain.localeCompare(b.domain) ||
        a.kind.localeCompare(b.kind) ||
        (a.recordId < b.recordId ? -1 : 1),
    );
    const beforeParty = await saidBeforeParty(hub.pool, hub.keys, citizen, at);
    await logQuestion(hub, citizen, rows, reason);
    if (wantsJson(command)) {
      const { numberHash: _, scopes: __, ...asked } = reader;
      process.stdout.write(`${JSON.stringify({ citizen, at, reader: asked, decisions: rows }, null, 2)}\n`);
      return;
    }
    say(heading(reader, at, rows));
    print(
      command,
      rows.map((row) => ({
        shown: row.show,
        domain: row.domain,
        kind: row.kind,
        source: row.source,
        record: row.recordId,
        rule: row.rule,
        why: decisionText(row, beforeParty),
      })),
      'There was no record of this citizen then.',
    );
  });

export const registerExplain = (program: Command): void => {
  program
    .command('explain')
    .requiredOption('--citizen <id>', 'the citizen’s id in the hub')
    .requiredOption('--reader <person>', 'the person or system asked about, as tokens name them')
    .requiredOption('--reason <text>', 'why you ask; logged')
    .option('--at <instant>', 'an instant, or a day (its last moment); default: now')
    .option('--role <role>', 'instead of what the log knows of the reader, as are the next ones')
    .option('--unit <id>')
    .option('--organisation <id>')
    .option('--domain <domain>')
    .option('--consumer <id>')
    .option('--kind <kind>', actorKinds.join(', '))
    .option('--sector <sector>', 'public or private', 'private')
    .option('--purpose <purpose>', 'default: the first configured')
    .option('--record <id>', 'only this record')
    .description('what a reader could see of a citizen, when and why (for the data-protection officer)')
    .action((options: Options, command: Command) => run(command, options));
};
