// `npm run bench`: one table of ratios. Options: --only a|b|c|d|e|f|h|i (several: a,b; g comes with f), --json, --size small|full. Only ratios are
// worth comparing between machines, and only of a run in which nothing else used the machine.
import { parseArgs } from 'node:util';
import { benchChanges } from './changes.ts';
import { benchCsv, heapLimit } from './csv.ts';
import { benchDead } from './dead.ts';
import { benchIngest } from './ingest.ts';
import { benchLog } from './log.ts';
import { benchPlan } from './plan.ts';
import { format, isMet, type Result, rate } from './table.ts';
import { benchWebhooks } from './webhooks.ts';
import { benchXml } from './xml.ts';

const sizes = {
  full: {
    plan: { citizens: 200, rounds: 5, seconds: 5 },
    ingest: { rows: 20_000, rounds: 5 },
    csv: { bytes: 1_000_000_000 },
    xml: { bytes: 1_000_000_000 },
    dead: { rows: 10_000, rounds: 15 },
    changes: { citizens: 200, rounds: 5, seconds: 5 },
    log: { entries: 20_000, rounds: 7 },
    webhooks: { subscriptions: 50, citizens: 10_000 },
  },
  small: {
    plan: { citizens: 50, rounds: 3, seconds: 2 },
    ingest: { rows: 5_000, rounds: 3 },
    csv: { bytes: 50_000_000 },
    xml: { bytes: 100_000_000 },
    dead: { rows: 5_000, rounds: 5 },
    changes: { citizens: 60, rounds: 3, seconds: 2 },
    log: { entries: 4_000, rounds: 5 },
    webhooks: { subscriptions: 10, citizens: 1_000 },
  },
} as const;
type Size = (typeof sizes)[keyof typeof sizes];

const plan = async (size: Size): Promise<Result> => {
  const { again, anew, documents, ratioAgain, ratioAnew, bytes, records, busy } = await benchPlan(size.plan);
  const saturated = busy > 0.9 ? ' IT WAS SATURATED: the ceiling is higher than shown.' : '';
  return {
    rows: [
      {
        benchmark: `(a) plan of ${records} records, read anew`,
        hub: rate(anew, 'plans'),
        ceiling: rate(documents, 'documents'),
        value: ratioAnew,
        unit: 'ratio',
        mark: 0.5,
      },
      {
        benchmark: '(a) the same plan, read again while it stands',
        hub: rate(again, 'plans'),
        ceiling: rate(documents, 'documents'),
        value: ratioAgain,
        unit: 'ratio',
        mark: 0.5,
      },
    ],
    notes: [
      `(a) ${bytes.toLocaleString('en-GB')} bytes an answer, with consent and the durable log; ceiling: the same text by primary key. Load generator: ${Math.round(busy * 100)} % of its core at most.${saturated}`,
    ],
  };
};

const ingest = async (size: Size): Promise<Result> => {
  const rows: Result['rows'][number][] = [];
  let count = 0;
  for (const through of ['momentum', 'rest'] as const) {
    const { records, fresh, unchanged } = await benchIngest({ ...size.ingest, through });
    count = records;
    for (const [what, { line, bare, ratio }, mark] of [
      ['new', fresh, 0.4],
      ['unchanged', unchanged, 0.3],
    ] as const)
      rows.push({
        benchmark: `(b) ingest of ${what} records${through === 'rest' ? ', generic rest' : ''}`,
        hub: rate(line, 'records'),
        ceiling: rate(bare, 'records'),
        value: ratio,
        unit: 'ratio',
        mark,
      });
  }
  return {
    rows,
    notes: [
      `(b) ${count.toLocaleString('en-GB')} meetings and offers a round, 500 a page over HTTP; ceiling: the same pages, the very same rows of every table (record, body, version, link, change), ready-made, upserted, or ready-made keys and hashes compared.`,
    ],
  };
};

const csv = async (size: Size): Promise<Result> => {
  const { bytes, rows, kept, seconds, peakMegabytes, line, bare, ratio } = await benchCsv(size.csv);
  const count = (n: number): string => n.toLocaleString('en-GB');
  return {
    rows: [
      {
        benchmark: `(c) memory of a ${Math.round(bytes / 1e6)} MB CSV file`,
        hub: `${Math.round(peakMegabytes)} MB resident`,
        ceiling: '–',
        value: peakMegabytes,
        unit: 'MB',
        mark: 300,
      },
      {
        benchmark: '(c) rows of that file',
        hub: rate(line, 'rows'),
        ceiling: rate(bare, 'rows'),
        value: ratio,
        unit: 'ratio',
      },
    ],
    notes: [
      `(c) ${count(rows)} rows in ${Math.round(seconds)} s, ${count(kept)} kept (one case in ten is an enrolled citizen's); ceiling: csv-parse alone on a part of it. Node runs with ${heapLimit.join(' ')}.`,
    ],
  };
};

const xml = async (size: Size): Promise<Result> => {
  const { bytes, records, peakMegabytes, mapped, bare, ratio } = await benchXml(size.xml);
  const hub = `${mapped.toFixed(1)} MB/s`;
  const ceiling = `${bare.toFixed(1)} MB/s`;
  return {
    rows: [
      { benchmark: '(d) XML into mapped records', hub, ceiling, value: mapped, unit: 'MB/s', mark: 20 },
      { benchmark: '(d) the same, of the bare parser', hub, ceiling, value: ratio, unit: 'ratio' },
      {
        benchmark: `(d) memory of ${Math.round(bytes / 1e6)} MB of XML`,
        hub: `${Math.round(peakMegabytes)} MB resident`,
        ceiling: '–',
        value: peakMegabytes,
        unit: 'MB',
        mark: 300,
      },
    ],
    notes: [
      `(d) ${records.toLocaleString('en-GB')} records of about a kilobyte through a compiled mapping of fifteen fields, subject included; per second of processor time of one process; ceiling: saxes with empty handlers on the same bytes. Memory with ${heapLimit.join(' ')}.`,
    ],
  };
};

const dead = async (size: Size): Promise<Result> => {
  const { records, alone, beside, ratio, processorRatio, hanging } = await benchDead(size.dead);
  return {
    rows: [
      {
        benchmark: '(e) a source beside one that never answers',
        hub: rate(beside, 'records'),
        ceiling: rate(alone, 'records'),
        value: ratio,
        unit: 'ratio',
        mark: 0.95,
      },
    ],
    notes: [
      `(e) ${records.toLocaleString('en-GB')} unchanged records a round through queue and worker; ceiling: the same alone; median of the rounds' own ratios. The dead source had ${hanging.toFixed(1)} requests hanging on average, its time-outs were 2 s and its breaker never opened. Processor time of the worker: ratio ${processorRatio.toFixed(2)}.`,
    ],
  };
};

const changes = async (size: Size): Promise<Result> => {
  const { polled, streamed, entries, bytesEach, idle, plans, everything, ratioEverything } = await benchChanges(
    size.changes,
  );
  const copied = (how: string, perSecond: number): Result['rows'][number] => ({
    benchmark: `(f) changes to one consumer, ${how}`,
    hub: rate(perSecond, 'entries'),
    ceiling: '–',
    value: perSecond,
    unit: 'entries/s',
    mark: 2000,
  });
  return {
    rows: [
      copied('polled', polled),
      copied('streamed', streamed),
      {
        benchmark: '(f) fifty consumers waiting while nothing happens',
        hub: `${idle.toFixed(1)} % of a core`,
        ceiling: '–',
        value: idle,
        unit: '%',
        mark: 5,
      },
      {
        benchmark: '(g) $everything beside the plan',
        hub: rate(everything, 'bundles'),
        ceiling: rate(plans, 'plans'),
        value: ratioEverything,
        unit: 'ratio',
        mark: 0.5,
      },
    ],
    notes: [
      `(f) a snapshot of ${entries.toLocaleString('en-GB')} entries of ${Math.round(bytesEach)} bytes, a third of them encrypted, in pages of 1,000, with consent and the durable log; pages are asked for one after the other, as a consumer must. Idle: processor time of the web process.`,
    ],
  };
};

const log = async (size: Size): Promise<Result> => {
  const { indexed, bare, ratio, indexes, walIndexed, walBare } = await benchLog(size.log);
  return {
    rows: [
      {
        benchmark: `(h) log entries with the ${indexes} indexes it is searched by`,
        hub: rate(indexed, 'entries'),
        ceiling: rate(bare, 'entries'),
        value: ratio,
        unit: 'ratio',
      },
    ],
    notes: [
      `(h) ${size.log.entries.toLocaleString('en-GB')} entries of 60 records a round by 64 writers at once, durable; ceiling: the same without those indexes. Write-ahead log: ${Math.round(walIndexed)} bytes an entry, without them ${Math.round(walBare)}.`,
    ],
  };
};

const webhooks = async (size: Size): Promise<Result> => {
  const { subscriptions, citizens } = size.webhooks;
  const { one, all } = await benchWebhooks(size.webhooks);
  const looks = (count: number, seconds: number): string => rate((count * citizens) / seconds, 'looks');
  return {
    rows: [
      {
        benchmark: `(i) first hint to each of ${subscriptions} addresses, all citizens changed`,
        hub: `${all.hinted.toFixed(1)} s`,
        ceiling: `${one.hinted.toFixed(1)} s`,
        value: all.hinted,
        unit: 's',
        mark: 30,
      },
      {
        benchmark: `(i) looks at a citizen for a subscription, ${subscriptions} beside one`,
        hub: looks(subscriptions, all.looked),
        ceiling: looks(1, one.looked),
        value: one.looked / (all.looked / subscriptions),
        unit: 'ratio',
      },
    ],
    notes: [
      `(i) ${citizens.toLocaleString('en-GB')} citizens, each seen by each of ${subscriptions} systems, change at once: real outbox, queue and receivers. Everything was looked at after ${Math.round(all.looked)} s (alone: ${Math.round(one.looked)} s), with ${all.hints.toFixed(1)} hints an address; a ratio well below 1 would say that subscriptions cost more the more there are.`,
    ],
  };
};

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'a,b,c,d,e,f,h,i' },
    json: { type: 'boolean', default: false },
    size: { type: 'string', default: 'full' },
  },
});
const benchmarks = { a: plan, b: ingest, c: csv, d: xml, e: dead, f: changes, h: log, i: webhooks } as const;
const size = sizes[values.size as keyof typeof sizes];
const wanted = values.only.split(',');
const unknown = wanted.filter((name) => !Object.hasOwn(benchmarks, name));
if (size === undefined || unknown.length > 0) {
  process.stderr.write('Use --only a, b, c, d, e, f, h, i or several with commas, and --size small or full.\n');
  process.exit(2);
}
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

const results: Result[] = [];
for (const name of wanted) results.push(await benchmarks[name as keyof typeof benchmarks](size));
const all = { rows: results.flatMap(({ rows }) => rows), notes: results.flatMap(({ notes }) => notes) };
process.stdout.write(
  values.json
    ? `${JSON.stringify({ ...all, rows: all.rows.map((row) => ({ ...row, met: isMet(row) })) }, null, 2)}\n`
    : `${format(all)}\n`,
);
