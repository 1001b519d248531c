// Everything the hub holds about the citizen, to keep: each part as the feed answers it, or all of it in one file. Nothing
// is made here that the feed does not say, and the log says that it was fetched.
import type { FastifyInstance } from 'fastify';
import type { DashboardContext } from '../../context.ts';
import type { Pages } from '../../render.ts';
import { type At, Refused, registerPart } from './frame.ts';
import { downloadPart } from './parts.ts';

interface Bundle {
  readonly link?: readonly { readonly relation: string; readonly url: string }[];
  readonly entry?: readonly object[];
}
interface Consents {
  readonly consents: readonly { readonly id: string; readonly version: number }[];
}

const mostPages = 50;

/** All pages of the FHIR answer as one bundle. */
const everythingOf = async (at: At): Promise<object> => {
  const base = `/fhir/Patient/${at.id}/$everything`;
  let path: string | undefined = `${base}?_count=500`;
  let first: Bundle | undefined;
  const entry: object[] = [];
  for (let page = 0; path !== undefined && page < mostPages; page += 1) {
    const answer = await at.ask({ path });
    if (answer.status !== 200) throw new Refused(answer);
    const bundle: Bundle = answer.json();
    first ??= bundle;
    entry.push(...(bundle.entry ?? []));
    const next = bundle.link?.find(({ relation }) => relation === 'next')?.url;
    path = next === undefined ? undefined : `${base}${next.slice(next.indexOf('?'))}`;
  }
  const { link: _, ...rest } = first ?? {};
  return { ...rest, entry };
};

/** Every consent's receipt, as given: signed, and whole only as it is. */
const receiptsOf = async (at: At): Promise<object> => {
  const { consents } = await at.get<Consents>('/consents');
  const receipts: object[] = [];
  for (const { id, version } of consents) {
    const answer = await at.ask({ path: `/v1/consents/${id}/receipt?version=${version}` });
    if (answer.status === 200) receipts.push({ consent: id, version, ...answer.json<{ readonly receipt: string }>() });
  }
  return { receipts };
};

const parts: Readonly<Record<string, (at: At) => Promise<object>>> = {
  plan: (at) => at.get('/plan'),
  consents: (at) => at.get('/consents'),
  receipts: receiptsOf,
  log: (at) => at.get('/access-log/export?format=json'),
  ratings: (at) => at.get('/ratings'),
  comments: (at) => at.get('/comments'),
  calendar: (at) => at.get('/calendar'),
  fhir: everythingOf,
};

/** One after another: whoever takes everything does not crowd out who reads a page. */
const allOf = async (at: At): Promise<object> => {
  const all: Record<string, object> = {};
  const refused: string[] = [];
  for (const [name, read] of Object.entries(parts)) {
    try {
      all[name] = await read(at);
    } catch (thrown) {
      if (!(thrown instanceof Refused)) throw thrown;
      refused.push(name);
    }
  }
  return { ...all, ...(refused.length === 0 ? {} : { refused }) };
};

export const registerDownload = (app: FastifyInstance, context: DashboardContext, pages: Pages): void => {
  registerPart(app, context, pages, downloadPart, {
    get: async (at) =>
      at.show('download', { title: pages.speech(at.request).t('download.title') }, { parts: Object.keys(parts) }),
  });

  registerPart(app, context, pages, downloadPart, {
    below: '/:file(^[a-z]{1,20}$).json',
    get: async (at) => {
      const { file } = at.request.params as { readonly file: string };
      const read = file === 'everything' ? allOf : Object.hasOwn(parts, file) ? parts[file] : undefined;
      if (read === undefined) return pages.missing(at.request, at.reply);
      const found = await read(at);
      const type = file === 'fhir' ? 'application/fhir+json' : 'application/json';
      return at.reply
        .header('content-type', `${type}; charset=utf-8`)
        .header('content-disposition', `attachment; filename="samspil-${file}.json"`)
        .send(JSON.stringify(found, null, 2));
    },
  });

  registerPart(app, context, pages, downloadPart, {
    below: '/log.csv',
    get: async (at) => {
      const answer = await at.ask({ path: `/v1/citizens/${at.id}/access-log/export?format=csv` });
      if (answer.status !== 200) throw new Refused(answer);
      return at.reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="samspil-log.csv"')
        .send(answer.text);
    },
  });
};
