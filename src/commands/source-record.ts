// source record, source test: a source's traffic and records as fixtures without the people in them, and playing them
// back with the network locked.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { RawRecord } from '../adapter/contract.ts';
import type { HubConfig, SourceConfig } from '../config/hub.ts';
import { parseConfig } from '../config/load.ts';
import { asHubError, HubError } from '../errors.ts';
import { type Captured, capture } from '../kit/capture.ts';
import { knownCodes } from '../kit/known-codes.ts';
import { gatherPersons, leavesOf, piecesOf, wordsOf } from '../kit/persons.ts';
import {
  type Recording,
  type RecordingHead,
  readRecording,
  requireEmptyFolder,
  writeRecording,
} from '../kit/recording.ts';
import { createScrubber } from '../kit/scrub.ts';
import { leavesOfExchange, scrubTraffic } from '../kit/scrub-traffic.ts';
import { withoutSecrets } from '../kit/secrets.ts';
import { type Exchange, recordingHttp, replayingHttp } from '../kit/traffic.ts';
import { mappingFolders, sourceParts } from '../main.ts';
import { configOf, print, say, wantsJson } from './context.ts';
import { kindsNamed, type Live, openLive, readHub, sourceConfig, stopOnSignal } from './live.ts';
import { citizensIn, numberOption, watch } from './source-look.ts';

interface Asked {
  readonly kinds: readonly string[];
  readonly limit: number;
  readonly citizens: readonly string[];
  readonly signal: AbortSignal;
  readonly onRecord?: (kind: string, sofar: number) => void;
}

const captureFrom = (live: Live, { kinds: names, ...asked }: Asked): Promise<readonly Captured[]> => {
  const kinds = live.kinds.filter((kind) => names.includes(kind.name));
  return capture({
    source: live.source,
    specs: Object.fromEntries(kinds.map((kind) => [kind.name, kind.spec])),
    mappings: new Map(kinds.flatMap((kind) => (kind.mapping === undefined ? [] : [[kind.name, kind.mapping]]))),
    kinds: kinds.map((kind) => kind.name),
    onFailure: (_, thrown) => asHubError(thrown),
    ...asked,
  });
};

/** As the pipeline would hand them to the mapping. */
const decoded = (live: Live, { kind, records }: Captured): readonly RawRecord[] => {
  const spec = live.kinds.find((one) => one.name === kind)?.spec;
  return records.map(({ key, body }) => {
    const result = spec?.body.safeParse(body);
    return { key, body: result?.success === true ? result.data : body };
  });
};

/** What the adapter makes of the recorded exchanges, with nothing else to ask. */
const playBack = async (
  hub: Pick<HubConfig, 'mappingFolders'>,
  config: SourceConfig,
  head: RecordingHead,
  http: readonly Exchange[],
): Promise<{ readonly captured: readonly Captured[]; readonly live: Live }> => {
  const clock = { now: () => new Date(head.recordedAt) };
  const live = await openLive(hub, head.source, config, { through: () => replayingHttp(http), clock });
  const { kinds, limit, citizens } = head;
  const captured = await captureFrom(live, { kinds, limit, citizens, signal: new AbortController().signal });
  await live.close();
  return { captured, live };
};

export interface RecordOptions {
  readonly out: string;
  readonly kind?: string;
  readonly limit: string;
  readonly citizenFile?: string;
}

export const record = async (command: Command, name: string, options: RecordOptions): Promise<void> => {
  requireEmptyFolder(options.out);
  const hub = readHub(configOf(command).config);
  const config = sourceConfig(hub, name);
  const folders = mappingFolders(hub);
  const system = config.mappings ?? config.adapter;
  const recordedAt = new Date();
  const exchanges: Exchange[] = [];
  const live = await openLive(hub, name, config, {
    through: (http) => recordingHttp(http, (exchange) => exchanges.push(exchange)),
  });
  const progress = watch();
  const asked: Asked = {
    kinds: kindsNamed(live, name, options.kind).map((kind) => kind.name),
    limit: numberOption(options.limit, '--limit', 5_000),
    citizens: citizensIn(options.citizenFile),
    signal: stopOnSignal(say),
    onRecord: progress.see,
  };
  const captured = await captureFrom(live, asked).finally(live.close);
  progress.end();
  if (asked.signal.aborted)
    throw new HubError({ code: 'run/cancelled', fault: 'transient', message: 'Stopped; nothing was written.' });
  const failed = captured.find((one) => one.failure !== undefined);
  if (captured.every((one) => one.records.length === 0)) throw failed?.failure ?? nothingToRecord(name);
  for (const one of captured) if (one.failure !== undefined) say(`${one.kind}: ${one.failure.message} Left out.`);

  const { adapter, settings } = sourceParts(name, config, folders);
  const bare = withoutSecrets(adapter.config, config.config, 'recorded');
  // What the adapter's and the system's own settings add is asked for in the same words.
  const ours = [bare.config, withoutSecrets(adapter.config, settings, 'recorded').config];
  const leaves = [
    ...captured.flatMap((one) =>
      one.records.flatMap(({ key, body }) => [{ path: 'id', value: key }, ...leavesOf(body)]),
    ),
    ...exchanges.flatMap((exchange) => [...leavesOfExchange(exchange)]),
    ...asked.citizens.map((value) => ({ path: 'cpr', value })),
  ];
  const persons = gatherPersons(leaves, wordsOf(ours));
  const codes = new Set([...knownCodes(folders, system), ...piecesOf(ours)]);
  const scrubber = createScrubber({ persons, codes, secrets: bare.secrets });
  const good = captured.filter((one) => one.failure === undefined);
  const direct = new Map(
    good.map((one) => [
      one.kind,
      decoded(live, one).map(({ key, body }) => ({ key: scrubber.text('id', key), body: scrubber.value(body) })),
    ]),
  );
  const head: RecordingHead = {
    source: name,
    adapter: config.adapter,
    mappings: system,
    recordedAt: recordedAt.toISOString(),
    kinds: good.map((one) => one.kind),
    limit: asked.limit,
    citizens: asked.citizens.map((cpr) => scrubber.text('cpr', cpr)),
    config: bare.config as Record<string, unknown>,
  };
  const http = scrubTraffic(scrubber, exchanges);
  const recording = await consistent(hub, config, head, http, direct);
  writeRecording(options.out, recording, scrubber.left);
  print(
    command,
    [...recording.kinds].map(([kind, records]) => ({ kind, records: records.length })),
    'Nothing was recorded.',
  );
  say(
    `${options.out}: ${recording.http.length} exchanges, numbers, names, addresses, telephones, mail and texts replaced.`,
  );
  say(`Look through it before you share it; then: samspil source test ${options.out}`);
};

const nothingToRecord = (name: string): HubError =>
  new HubError({
    code: 'source/bad-answer',
    fault: 'source',
    message: `${name} gave no records.`,
    hint: 'Kinds that are asked for by citizen need --citizen-file.',
  });

/**
 * The records as the adapter reads them from the scrubbed answers, so that a play-back gives the very same. Where that
 * does not work out, as with files, the records themselves, scrubbed, and no answers.
 */
const consistent = async (
  hub: HubConfig,
  config: SourceConfig,
  head: RecordingHead,
  http: readonly Exchange[],
  direct: ReadonlyMap<string, readonly RawRecord[]>,
): Promise<Recording> => {
  if (http.length === 0) return { head, http, kinds: direct };
  const { captured, live } = await playBack(hub, { ...config, config: head.config }, head, http);
  const wrong = captured.find(
    (one) => one.failure !== undefined || one.records.length !== (direct.get(one.kind)?.length ?? 0),
  );
  if (wrong === undefined) return { head, http, kinds: new Map(captured.map((one) => [one.kind, decoded(live, one)])) };
  say(
    `${wrong.kind}: the scrubbed answers cannot be played back (${wrong.failure?.message ?? 'other records'}); only records are written.`,
  );
  return { head, http: [], kinds: direct };
};

const digest = (records: readonly RawRecord[]): string =>
  createHash('sha256').update(JSON.stringify(records)).digest('hex');

/** Nothing of the hub but its mappings is needed: no secrets, no addresses. */
const testSource = ({ source, adapter, mappings, config }: RecordingHead): SourceConfig => {
  const hub = {
    municipality: { code: '0000', name: 'recording' },
    enrolmentBases: [{ code: 'recording', title: 'recording' }],
    sources: { [source]: { adapter, mappings, title: source, domain: 'social', config } },
  };
  return sourceConfig(parseConfig(hub, 'recording.json'), source);
};

export const test = async (command: Command, folder: string, options: { mappings: string }): Promise<void> => {
  const recording = readRecording(folder);
  const { head } = recording;
  const hub = { mappingFolders: existsSync(options.mappings) ? [resolve(options.mappings)] : [] };
  const config = testSource(head);
  const given = [...recording.kinds].map(([kind, records]): Captured => ({ kind, records, deleted: 0, cut: false }));
  const { captured, live } =
    recording.http.length > 0
      ? await playBack(hub, config, head, recording.http)
      : { captured: given, live: await openLive(hub, head.source, config) };
  const rows = captured.map((one) => {
    const records = decoded(live, one);
    const kind = live.kinds.find((other) => other.name === one.kind);
    const results = records.map(({ body }) => kind?.mapping?.map(body));
    const wrongShape = one.records.filter(({ body }) => kind?.spec.body.safeParse(body).success !== true).length;
    return {
      kind: one.kind,
      records: records.length,
      'as recorded': digest(records) === digest(recording.kinds.get(one.kind) ?? []) ? 'yes' : 'no',
      'wrong shape': wrongShape,
      'plan records': results.reduce((sum, result) => sum + (result?.drafts.length ?? 0), 0),
      issues: results.reduce((sum, result) => sum + (result?.issues.length ?? 0), 0),
      problem: one.failure?.message ?? '',
    };
  });
  print(command, rows, 'The recording is empty.');
  const bad = rows.some((row) => row['as recorded'] === 'no' || row['wrong shape'] > 0 || row.problem !== '');
  if (!wantsJson(command)) say(bad ? 'Not as recorded.' : 'As recorded, with the network locked.');
  if (bad) process.exitCode = 1;
};
