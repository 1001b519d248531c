// One kind of a source: where its pulls stand, what its mapping makes of what the source sends, what has changed in it,
// and the mapping's own text as deployed. Names and counts, never a value.
import { randomUUID } from 'node:crypto';
import { listDrift } from '../../store/drift.ts';
import { readOverview } from '../../store/overview.ts';
import { readSourceView } from '../../store/source-view.ts';
import type { RegisterPage } from '../routes.ts';
import type { Coverage } from '../steering.ts';
import { badgeOfStanding } from './run-words.ts';

type Of = { Params: { source: string; kind: string } };

/** What nobody reads first: that is what one comes for. */
const order = ['new', 'never seen', 'used', 'unused on purpose'] as const;
const codes = { new: 'new', 'never seen': 'never', used: 'used', 'unused on purpose': 'unused' } as const;

/** As coverage names the reader of what is left out. */
const nobody = 'nobody, on purpose';

const shownCoverage = ({ paths, fields, ...rest }: Coverage) => ({
  ...rest,
  counts: order.map((state) => ({ code: codes[state], count: paths.filter((path) => path.state === state).length })),
  paths: paths
    .toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || a.path.localeCompare(b.path))
    .map((path) => ({ ...path, code: codes[path.state], readers: path.readers.filter((reader) => reader !== nobody) })),
  fields: fields.toSorted((a, b) => b.filled / (b.of || 1) - a.filled / (a.of || 1)),
  filled: fields.filter(({ filled }) => filled > 0).length,
});

export const registerSourceKind: RegisterPage = (app, context, pages) => {
  app.get<Of>('/admin/sources/:source/kinds/:kind', { config: { page: 'view' } }, async (request, reply) => {
    const source = context.sources.find(({ name }) => name === request.params.source);
    const kind = source?.kinds.find(({ name }) => name === request.params.kind);
    if (source === undefined || kind === undefined) return pages.missing(request, reply);
    const { name, freshForMs } = source;
    const asked = [{ name, freshForMs, kinds: [{ name: kind.name, mapped: kind.version !== undefined }] }];
    const [overview, view, drift, coverage] = await Promise.all([
      readOverview(context.pool, asked, context.clock.now()),
      readSourceView(context.pool, name),
      listDrift(context.pool, { source: name, kind: kind.name }),
      context.steering.coverage(name, kind.name),
    ]);
    const { t } = pages.speech(request);
    return pages.page(
      request,
      reply,
      'source-kind',
      { title: t('kind.title', { source: source.title, kind: kind.name }) },
      {
        source,
        kind,
        badges: badgeOfStanding,
        now: overview.sources[0]?.kinds[0],
        view: view.kinds.find((one) => one.kind === kind.name),
        drift,
        coverage: coverage === undefined ? undefined : shownCoverage(coverage),
        files: context.steering.mappingFiles(name, kind.name),
        once: randomUUID(),
      },
    );
  });
};
