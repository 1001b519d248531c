// An invented fagsystem: treatment for drug use, as XML over HTTP in ISO-8859-1. Pages by start and count, and whatever
// goes wrong is told inside an answer of status 200. Nothing in the hub knows it.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Course {
  readonly number: string;
  /** With a hyphen, as this system writes it: 010203-1234. */
  readonly cpr: string;
  readonly name: string;
  /** AKT, AFS or PAUSE. */
  readonly status: string;
  /** dd-MM-yyyy */
  readonly begun: string;
  readonly ended?: string;
  readonly meetings: readonly {
    readonly id: string;
    /** dd-MM-yyyy HH:mm */
    readonly at: string;
    readonly minutes: number;
    readonly with: string;
    readonly where: string;
  }[];
}

export interface Rusmiddel {
  readonly url: string;
  readonly key: string;
  requests(): number;
  /** The next answers say so inside their 200. */
  fail(kind: 'busy' | 'broken' | 'empty' | 'none'): void;
  close(): Promise<void>;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const courseXml = (course: Course): string =>
  `<forløb nummer="${course.number}"><borger><cpr>${course.cpr}</cpr></borger><behandling>${escaped(course.name)}</behandling><tilstand>${course.status}</tilstand><påbegyndt>${course.begun}</påbegyndt>${course.ended === undefined ? '' : `<afsluttet>${course.ended}</afsluttet>`}<samtaler>${course.meetings.map((one) => `<samtale id="${one.id}"><tidspunkt>${one.at}</tidspunkt><minutter>${one.minutes}</minutter><behandler>${escaped(one.with)}</behandler><sted>${escaped(one.where)}</sted></samtale>`).join('')}</samtaler></forløb>`;

const answerXml = (inner: string): Buffer =>
  Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>\n<svar>${inner}</svar>`, 'latin1');
const errorXml = (code: number, text: string): Buffer =>
  answerXml(`<resultat>FEJL</resultat><fejlkode>${code}</fejlkode><fejltekst>${escaped(text)}</fejltekst>`);

/** At most this many courses an answer. */
export const most = 25;

/** Serves `courses()` as they are when asked, at /forloeb?start=0&antal=25. */
export const startRusmiddel = async (courses: () => readonly Course[], port = 0): Promise<Rusmiddel> => {
  const key = 'rusmiddel-n0egle';
  let failing: Parameters<Rusmiddel['fail']>[0] = 'none';
  let requests = 0;
  const answerTo = (url: URL, given: string | undefined): Buffer => {
    if (given !== key) return errorXml(3, 'Nøglen er ikke gyldig');
    if (failing === 'busy') return errorXml(90, 'Systemet er optaget, prøv igen');
    if (failing === 'empty') return Buffer.alloc(0);
    const start = Number(url.searchParams.get('start') ?? '0');
    const count = Number(url.searchParams.get('antal') ?? String(most));
    if (!(start >= 0 && count >= 1 && count <= most)) return errorXml(11, `antal skal være 1 til ${most}`);
    const all = courses();
    const page = answerXml(
      `<resultat>OK</resultat><antalIAlt>${all.length}</antalIAlt><liste>${all
        .slice(start, start + count)
        .map(courseXml)
        .join('')}</liste>`,
    );
    return failing === 'broken' ? page.subarray(0, Math.floor(page.length / 2)) : page;
  };
  const server = createServer((request, response) => {
    requests += 1;
    const url = new URL(request.url ?? '/', 'http://rusmiddel.example');
    const given = request.headers['x-noegle'];
    response.writeHead(url.pathname === '/forloeb' ? 200 : 404, { 'content-type': 'text/xml' });
    response.end(url.pathname === '/forloeb' ? answerTo(url, given?.toString()) : '');
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    key,
    requests: () => requests,
    fail: (kind) => {
      failing = kind;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
