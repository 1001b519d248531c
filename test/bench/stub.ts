// A job-centre server in a process of its own that costs as little as possible: rows are text from the start, a page is
// joined from them. One row a second, so that "changed since" is arithmetic.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerQuestions } from './child.ts';

export interface StubQuestion {
  readonly rows: number;
  readonly citizens: number;
}
export interface StubAnswer {
  readonly url: string;
  /** Size of one page of 500 meetings. */
  readonly pageBytes: number;
}

const firstSecond = Date.UTC(2026, 0, 5) / 1000;
const guid = (kind: number, n: number): string =>
  `${n.toString(16).padStart(8, '0')}-0000-4000-8000-00000000000${kind}`;
export const citizenKey = (n: number): string => guid(1, n);

const day = (n: number): string => new Date(Date.UTC(2026, 0, 5 + (n % 700))).toISOString();
const shared = (n: number, citizens: number): object => ({
  citizenId: citizenKey(n % citizens),
  departmentId: `jobcenter-${n % 7}`,
  departmentName: 'Jobcenter Egevang, aktiv indsats og fastholdelse',
  createdAt: '2025-06-01T08:00:00.000Z',
  updatedAt: new Date((firstSecond + n) * 1000).toISOString(),
});

const meeting = (n: number, citizens: number): object => ({
  id: guid(2, n),
  ...shared(n, citizens),
  planId: guid(4, n % citizens),
  bookingNumber: String(88_000 + n),
  conversationTypeCode: n % 3 === 0 ? '7' : '17',
  title: `Jobsamtale nummer ${n} om vejen til praktik på lageret`,
  start: day(n).replace('T00', 'T09'),
  end: day(n).replace('T00:00', 'T09:30'),
  state: n % 4 === 0 ? 'Held' : 'Booked',
  contactForm: 'Personal',
  location: 'Jobcenter Egevang, Rådhuspladsen 1, lokale 4',
  organizerName: `Sagsbehandler ${n % 90}`,
  participants: [
    { name: `Borger ${n % citizens}`, roleName: 'Borger' },
    { name: `Mentor ${n % 40}`, roleName: 'Mentor' },
  ],
  agenda: ['Siden sidst', 'Jobforslag og ansøgninger', 'Aftaler til næste gang'],
  rebookDeadline: day(n),
  cancelDeadline: day(n),
});

const offer = (n: number, citizens: number): object => ({
  id: guid(3, n),
  ...shared(n, citizens),
  planId: guid(4, n % citizens),
  goalId: `${guid(4, n % citizens)}-1`,
  offerTypeCode: n % 2 === 0 ? 'VIRKSOMHEDSPRAKTIK' : 'MENTOR',
  title: `Praktik på lager hos Egevang Genbrug, forløb ${n}`,
  state: n % 4 === 0 ? 'Completed' : 'Active',
  legalParagraph: 'LAB § 58',
  providerName: 'Egevang Genbrug og Værksted',
  hoursPerWeek: 20 + (n % 17),
  startDate: day(n),
  endDate: day(n + 90),
  grantedDate: day(n),
  followUpDate: day(n + 30),
  ...(n % 5 === 0 ? { confidentiality: 'Confidential' } : {}),
});

const page = (all: readonly string[], body: string): string => {
  const asked = JSON.parse(body) as {
    filters: { fieldName: string; values: string[] }[];
    paging: { pageNumber: number; pageSize: number };
  };
  const since = asked.filters.find((filter) => filter.fieldName === 'updatedAt')?.values[0];
  const first = since === undefined ? 0 : Math.max(0, Date.parse(since.replace(' ', 'T')) / 1000 - firstSecond);
  const { pageNumber, pageSize } = asked.paging;
  const from = first + pageNumber * pageSize;
  return `{"data":[${all.slice(from, from + pageSize).join()}],"totalSearchCount":${all.length - first}}`;
};

const serve = async ({ rows, citizens }: StubQuestion): Promise<StubAnswer> => {
  const text = (of: typeof meeting): readonly string[] =>
    Array.from({ length: rows }, (_, n) => JSON.stringify(of(n, citizens)));
  const tables: Readonly<Record<string, readonly string[]>> = {
    '/meetings/citizen': text(meeting),
    '/offers/citizen': text(offer),
  };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    response.setHeader('content-type', 'application/json; charset=utf-8');
    const all = tables[request.url ?? ''];
    response.end(all === undefined ? '{"access_token":"x","token_type":"Bearer","expires_in":3600}' : page(all, body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sample = (tables['/meetings/citizen'] ?? []).slice(0, 500);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pageBytes: Buffer.byteLength(sample.join()),
  };
};

if (process.send !== undefined) answerQuestions(serve);
