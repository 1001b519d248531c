// source probe, source dry-run: looking at a source as it is. Nothing is stored: there is not even a database.
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { certificateOf } from '../adapter/certificate.ts';
import type { SourceConfig } from '../config/hub.ts';
import { asHubError, HubError } from '../errors.ts';
import { expiriesOf, soonestInWords } from '../jobs/expiry.ts';
import { capture } from '../kit/capture.ts';
import { type KindReport, printKind, reportKind } from '../kit/dry-run.ts';
import { mappingFolders } from '../main.ts';
import { parseNumber } from '../model/cpr.ts';
import { configOf, print, say, wantsJson } from './context.ts';
import { kindsNamed, openLive, readHub, sourceConfig, stopOnSignal } from './live.ts';
import { setupLines } from './source-setup.ts';

const PROBE_MS = 30_000;

const addressesIn = (value: unknown): readonly URL[] => {
  if (typeof value === 'string') {
    const url = /^https:\/\//.test(value) ? URL.parse(value) : null;
    return url === null ? [] : [url];
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(addressesIn) : [];
};

/** Days until the first of its servers' certificates ends; the hub's own ends are told beside. */
const certificateDays = async (config: SourceConfig): Promise<number | null> => {
  const hosts = new Map(addressesIn(config.config).map((url) => [url.host, url]));
  const found = await Promise.all([...hosts.values()].map(certificateOf));
  const ends = found.flatMap((one) => one?.until ?? []);
  if (ends.length === 0) return null;
  return Math.floor((Math.min(...ends.map((end) => end.getTime())) - Date.now()) / 86_400_000);
};

export const probe = async (command: Command, name: string | undefined): Promise<void> => {
  const hub = readHub(configOf(command).config);
  const names = name === undefined ? Object.keys(hub.sources) : [name];
  const rows = await Promise.all(
    names.map(async (each) => {
      const config = sourceConfig(hub, each);
      const certificate = certificateDays(config);
      const row = { source: each, up: 'no', ms: 0, certificate: '', detail: '', hint: '' };
      try {
        const live = await openLive(hub, each, config);
        const result = await live.source.probe(AbortSignal.timeout(PROBE_MS));
        await live.close();
        Object.assign(row, { up: result.up ? 'yes' : 'no', ms: result.ms });
        if (result.up) row.detail = result.detail ?? '';
        else Object.assign(row, { detail: `${result.code}: ${result.message}`, hint: result.hint ?? '' });
      } catch (thrown) {
        const { code, message, hint = '' } = asHubError(thrown);
        Object.assign(row, { detail: `${code}: ${message}`, hint });
      }
      const days = await certificate;
      const expires = soonestInWords(expiriesOf(config), new Date()) ?? '–';
      return { ...row, certificate: days === null ? '–' : days < 0 ? 'ended' : `${days} days`, expires };
    }),
  );
  print(command, rows, 'No sources are configured.');
  const failed = wantsJson(command) ? [] : rows.filter((row) => row.up === 'no').map((row) => row.source);
  for (const each of failed) say(setupLines(each, sourceConfig(hub, each), hub, mappingFolders(hub)).join('\n'));
  if (rows.some((row) => row.up === 'no')) process.exitCode = 1;
};

/** Numbers from a file, never from the command line, where others could read them. */
export const citizensIn = (path: string | undefined): readonly string[] => {
  if (path === undefined) return [];
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new HubError({ code: 'config/invalid', fault: 'config', message: `${path}: cannot be read.`, cause });
  }
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, at) => {
      const number = parseNumber(line)?.number;
      if (number !== undefined) return number;
      throw new HubError({
        code: 'config/invalid',
        fault: 'config',
        message: `${path}, line ${at + 1}: not a number of a person.`,
        hint: 'One number in each line, and nothing else.',
      });
    });
};

export const numberOption = (given: string, name: string, most: number): number => {
  const number = Number(given);
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw new HubError({
    code: 'config/invalid',
    fault: 'config',
    message: `${name} must be a whole number from 1 to ${most}.`,
  });
};

/** One line on the terminal that is written over. */
export const watch = (): { readonly see: (kind: string, sofar: number) => void; readonly end: () => void } => {
  const { isTTY } = process.stderr;
  return {
    see: (kind, sofar) => void (isTTY && process.stderr.write(`\r\u001b[2K${kind}: ${sofar}`)),
    end: () => void (isTTY && process.stderr.write('\r\u001b[2K')),
  };
};

export interface DryRunOptions {
  readonly kind?: string;
  readonly limit: string;
  readonly citizenFile?: string;
}

export const dryRun = async (command: Command, name: string, options: DryRunOptions): Promise<void> => {
  const hub = readHub(configOf(command).config);
  const config = sourceConfig(hub, name);
  const citizens = citizensIn(options.citizenFile);
  const limit = numberOption(options.limit, '--limit', 20_000);
  const signal = stopOnSignal(say);
  const live = await openLive(hub, name, config);
  const progress = watch();
  try {
    const kinds = kindsNamed(live, name, options.kind);
    const specs = Object.fromEntries(kinds.map((kind) => [kind.name, kind.spec]));
    const mappings = new Map(kinds.flatMap((kind) => (kind.mapping === undefined ? [] : [[kind.name, kind.mapping]])));
    const captured = await capture({
      source: live.source,
      specs,
      mappings,
      kinds: kinds.map((kind) => kind.name),
      limit,
      citizens,
      signal,
      onRecord: progress.see,
      onFailure: (_, thrown) => asHubError(thrown),
    });
    progress.end();
    const reports = captured.flatMap((one): readonly KindReport[] => {
      const kind = kinds.find((other) => other.name === one.kind);
      return kind === undefined ? [] : [reportKind(one, kind.spec, kind.mapping)];
    });
    process.stdout.write(
      wantsJson(command) ? `${JSON.stringify(reports, null, 2)}\n` : reports.map(printKind).join('\n'),
    );
    const crawled = kinds.filter((kind) => kind.spec.crawl === true && citizens.length === 0);
    if (crawled.length > 0 && !wantsJson(command))
      say(
        `${crawled.map((kind) => kind.name).join(', ')}: asked for by citizen only, here for some who were found on the way; name others with --citizen-file.`,
      );
    say('Nothing was stored.');
    if (reports.some((report) => report.failure !== undefined)) process.exitCode = 1;
  } finally {
    progress.end();
    await live.close();
  }
};
