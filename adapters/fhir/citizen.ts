// Everything of one kind about one citizen: first the Patients that carry the number, then what refers to them.
// All by POST `_search`, so that the number stands in no URL; a paging link that holds it is not followed.
import type { ByCitizenOptions, Page } from '../../src/adapter/contract.ts';
import { HubError } from '../../src/errors.ts';
import type { Bundle } from './client.ts';
import { readPage } from './page.ts';
import { type Checkpoint, checkAborted, type PullContext } from './pull.ts';

async function* bundles(
  { client }: PullContext,
  type: string,
  params: Record<string, string>,
  { cpr, signal }: ByCitizenOptions,
): AsyncIterable<Bundle> {
  let found = await client.search(type, new URLSearchParams(params), signal, 'POST');
  for (;;) {
    checkAborted(signal);
    yield found;
    const next = client.nextOf(found);
    if (next === undefined) return;
    if (next.includes(cpr))
      throw new HubError({
        code: 'source/bad-answer',
        fault: 'source',
        message: 'The FHIR server writes a citizen’s number into its paging links; they are not followed.',
        hint: 'Raise pageSize until one page holds a citizen, or ask the vendor for opaque paging links.',
      });
    found = await client.follow(next, signal);
  }
}

export async function* byCitizen(
  type: string,
  context: PullContext,
  options: ByCitizenOptions,
): AsyncIterable<Page<Checkpoint>> {
  const paging = { ...context.config.search[type], _count: String(context.config.pageSize) };
  const patients = { identifier: options.cpr, _count: String(context.config.pageSize) };

  async function* pages(params: Record<string, string>): AsyncIterable<Page<Checkpoint>> {
    for await (const bundle of bundles(context, type, params, options)) {
      const { records, deleted, ignored } = readPage(type, bundle);
      await context.directory.name(records, options.signal);
      for (let from = 0; from === 0 || from < records.length; from += 1000)
        yield {
          records: records.slice(from, from + 1000),
          deleted: from === 0 ? deleted : [],
          checkpoint: {},
          ...(from === 0 && ignored > 0 ? { ignored } : {}),
        };
    }
  }

  if (type === 'Patient') return yield* pages({ ...paging, identifier: options.cpr });
  const ids: string[] = [];
  for await (const bundle of bundles(context, 'Patient', patients, options))
    ids.push(
      ...readPage('Patient', bundle)
        .records.map(({ key }) => key)
        .filter((key) => key !== ''),
    );
  for (const id of ids) yield* pages({ ...paging, patient: `Patient/${id}` });
}
