// `/`: a plain page that says what runs here and how fresh each source is. No personal data, no script. Eta escapes
// every value.
import { Eta } from 'eta';
import type { FastifyInstance } from 'fastify';
import type { FeedContext } from '../feed/context.ts';
import { currentSources } from '../feed/sources.ts';

const states = { fresh: 'Opdateret', late: 'Forsinket', unknown: 'Ukendt' } as const;
const domainNames: Readonly<Record<string, string>> = {
  employment: 'Beskæftigelse',
  social: 'Social',
  health: 'Sundhed',
  family: 'Familie',
  education: 'Uddannelse',
  shared: 'Fælles',
};
const time = new Intl.DateTimeFormat('da-DK', {
  timeZone: 'Europe/Copenhagen',
  dateStyle: 'medium',
  timeStyle: 'short',
});

const template = `<!doctype html>
<html lang="da">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Samspil – <%= it.municipality %></title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a }
table { border-collapse: collapse; width: 100% }
caption { text-align: left; font-weight: 600; padding: .4rem 0 }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid #bfbfbf }
.late, .unknown { font-weight: 700 }
@media (max-width: 32rem) {
  thead { position: absolute; left: -999rem }
  tr { display: block; padding: .5rem 0; border-bottom: 1px solid #bfbfbf }
  th, td { display: block; padding: 0; border: 0 }
}
</style>
</head>
<body><main>
<h1>Samspil</h1>
<p>Integrationsknudepunkt for <%= it.municipality %>. Her vises ingen personoplysninger.</p>
<table>
<caption>Kilder</caption>
<thead><tr><th scope="col">Kilde</th><th scope="col">Område</th><th scope="col">Tilstand</th><th scope="col">Senest hentet</th></tr></thead>
<tbody>
<% for (const row of it.rows) { %><tr><th scope="row"><%= row.title %></th><td><%= row.domain %></td><td class="<%= row.state %>"><%= row.word %></td><td><%= row.at %></td></tr>
<% } %></tbody>
</table>
<p><a href="/docs/">Feedets dokumentation</a> · <a href="/openapi.json">OpenAPI</a> · <a href="/health/ready">Drift</a></p>
</main></body>
</html>
`;

const eta = new Eta({ autoEscape: true });

export const registerStatusPage = (app: FastifyInstance, context: FeedContext, municipality: string): void => {
  app.get('/', async (_request, reply) => {
    const rows = (await currentSources(context)).map((source) => ({
      title: source.title,
      domain: domainNames[source.domain] ?? source.domain,
      state: source.state,
      word: states[source.state],
      at: source.syncedAt === undefined ? 'Aldrig' : time.format(new Date(source.syncedAt)),
    }));
    return reply
      .header('content-type', 'text/html; charset=utf-8')
      .header('cache-control', 'no-cache')
      .send(eta.renderString(template, { municipality, rows }));
  });
};
