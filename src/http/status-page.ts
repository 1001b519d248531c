// `/`: a plain page that says what runs here and how fresh each source is. No personal data, no script.
import type { FastifyInstance } from 'fastify';
import type { FeedContext } from '../feed/context.ts';
import { currentSources } from '../feed/sources.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Tagged template: every value is escaped unless it is itself the result of this tag. */
interface Html {
  readonly markup: string;
}
const markupOf = (value: string | Html | readonly Html[]): string => {
  if (typeof value === 'string') return value.replace(/[&<>"']/g, (character) => entities[character] ?? '');
  return 'markup' in value ? value.markup : value.map((part) => part.markup).join('');
};
export const html = (strings: TemplateStringsArray, ...values: readonly (string | Html | readonly Html[])[]): Html => ({
  markup: strings.map((text, at) => text + (at < values.length ? markupOf(values[at] ?? '') : '')).join(''),
});

const words = { fresh: 'Opdateret', late: 'Forsinket', unknown: 'Ukendt' } as const;
const time = new Intl.DateTimeFormat('da-DK', {
  timeZone: 'Europe/Copenhagen',
  dateStyle: 'medium',
  timeStyle: 'short',
});

export const registerStatusPage = (app: FastifyInstance, context: FeedContext, municipality: string): void => {
  app.get('/', async (_request, reply) => {
    const rows = (await currentSources(context)).map(
      (source) =>
        html`<tr><th scope="row">${source.title}</th><td>${source.domain}</td><td>${words[source.state]}</td><td>${
          source.syncedAt === undefined ? '–' : time.format(new Date(source.syncedAt))
        }</td></tr>`,
    );
    const page = html`<!doctype html><html lang="da"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Samspil – ${municipality}</title><style>body{font:1rem/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4rem .8rem .4rem 0;border-bottom:1px solid #ccc}</style></head>
<body><main><h1>Samspil</h1><p>Integrationshub for ${municipality}. Ingen personoplysninger vises her.</p>
<table><caption>Kilder</caption><thead><tr><th scope="col">Kilde</th><th scope="col">Område</th><th scope="col">Tilstand</th><th scope="col">Senest hentet</th></tr></thead>
<tbody>${rows}</tbody></table><p><a href="/docs/">Feedets dokumentation</a> · <a href="/openapi.json">OpenAPI</a> · <a href="/health/ready">Drift</a></p></main></body></html>`;
    return reply
      .header('content-type', 'text/html; charset=utf-8')
      .header('cache-control', 'no-cache')
      .send(page.markup);
  });
};
