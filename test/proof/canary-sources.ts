// Sources that hold the canary: a FHIR server and a folder of files with good and bad records of both people, and a
// server that answers every request wrongly, with the canary in bodies, headers, links and errors.
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { FhirData, FhirResource } from '../sandbox/fhir/data.ts';
import { type SensumKind, sensumColumns } from '../sandbox/sensum/data.ts';
import { enrolled, stranger } from './canary-marks.ts';

const whole = `${enrolled.given} ${enrolled.family} ${enrolled.cpr} ${enrolled.text}`;
type Who = typeof enrolled | typeof stranger;
const subjectOf = (who: Who) => ({ reference: `Patient/${who.cpr}`, display: `${who.given} ${who.family}` });

const patient = (who: Who): FhirResource => ({
  resourceType: 'Patient',
  id: who.cpr,
  identifier: [{ system: 'urn:oid:1.2.208.176.1.2', value: who.cpr }],
  name: [{ given: [who.given], family: who.family }],
  address: [{ line: [`${who.family}vej 1`], city: 'Egevang' }],
  [who.cpr]: { note: who.text },
  [`${who.given} ${who.family}`]: { [who.cpr]: who.text },
});
const about = (who: Who, id: string, more: object): FhirResource => ({
  resourceType: 'Goal',
  id,
  lifecycleStatus: 'active',
  subject: subjectOf(who),
  ...more,
});

/** The ids of patients are their numbers: configure `keyIsCpr`. */
export const canaryFhir = (): FhirData => ({
  Patient: [patient(enrolled), patient(stranger)],
  Goal: [
    about(enrolled, 'good', { description: { text: `Mål ${enrolled.text}` } }),
    about(stranger, 'not-enrolled', { description: { text: `Mål ${stranger.text}` } }),
    about(enrolled, 'undecodable', { description: [whole], lifecycleStatus: { [whole]: enrolled.cpr } }),
    about(enrolled, 'rejected', { note: [{ author: whole }], lifecycleStatus: whole }),
    about(stranger, 'rejected-stranger', { lifecycleStatus: { [stranger.cpr]: stranger.text } }),
    { resourceType: 'Goal', id: 'nobodys', lifecycleStatus: 'active', description: { text: whole } },
    {
      resourceType: 'Goal',
      id: 'badly-named',
      subject: { identifier: { value: whole } },
      description: { text: whole },
    },
  ],
  RelatedPerson: [
    {
      resourceType: 'RelatedPerson',
      id: 'relative',
      patient: subjectOf(enrolled),
      name: [{ given: [enrolled.given], family: `${enrolled.family} den Ældre` }],
      telecom: [{ system: 'email', value: `${enrolled.given}@example.dk` }],
    },
  ],
});

const csv = (kind: SensumKind, rows: readonly Readonly<Record<string, string>>[]): string =>
  [
    sensumColumns[kind].join(';'),
    ...rows.map((row) => sensumColumns[kind].map((column) => row[column] ?? '').join(';')),
    '',
  ].join('\r\n');
const borger = (who: Who) => ({ BorgerId: who.cpr, CPR: who.cpr.slice(1), Fornavn: who.given, Efternavn: who.family });

/** Files named with the canary, a service the database will refuse (`refused`), a file that is no CSV. */
export const dropCanaryFiles = async (folder: string, refused: string): Promise<void> => {
  const site = join(folder, `${enrolled.given} ${enrolled.family} ${enrolled.cpr}`);
  await mkdir(site, { recursive: true });
  const write = (name: string, text: string): Promise<void> => writeFile(join(site, name), text);
  await write('Borger_20261121.csv', csv('borger', [borger(enrolled), borger(stranger)]));
  await write(
    `Sager_${enrolled.cpr}_${enrolled.given}.csv`,
    csv('sag', [
      { SagId: '1', BorgerId: enrolled.cpr, SagNavn: `Sag ${enrolled.text}`, SagType: 'Voksen', Status: whole },
      { SagId: '2', BorgerId: stranger.cpr, SagNavn: `Sag ${stranger.text}`, SagType: 'Voksen', Status: 'Åben' },
      { SagId: '3', BorgerId: whole, SagNavn: whole },
    ]),
  );
  await write(
    `Ydelse_${stranger.family}.csv`,
    csv('ydelse', [{ YdelseId: '1', BorgerId: enrolled.cpr, YdelseNavn: refused, StartDato: '01-02-2026' }]),
  );
  await write(
    'Mål_20261121.csv',
    csv('maal', [
      { MålId: '1', BorgerId: enrolled.cpr, MålNavn: `Mål ${enrolled.text}`, StartDato: whole, Lukket: whole },
    ]),
  );
  await write('SagsAktiviteter_20261121.csv', `${whole};${enrolled.cpr}\r\n"${whole}`);
  await write('Indsatser_20261121.csv', `IndsatsId;SagId;${whole}\r\n1;1;${whole}\r\n${whole};"${enrolled.cpr}"x;\r\n`);
};

export const wrongs = [
  'error',
  'refusal',
  'bad-request',
  'gone',
  'busy',
  'html',
  'cut',
  'shape',
  'keys',
  'redirect',
  'elsewhere',
  'hang-up',
  'token',
] as const;
export type Wrong = (typeof wrongs)[number];

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}
const said = JSON.stringify({ detail: whole, [enrolled.cpr]: whole, issue: [{ diagnostics: whole }], error: whole });
const bundle = (more: object): string => JSON.stringify({ resourceType: 'Bundle', type: 'searchset', ...more });
const inUrl = encodeURIComponent(whole);

const answers = (origin: string): Readonly<Record<Exclude<Wrong, 'hang-up'>, Answer>> => ({
  error: { status: 500, body: said },
  refusal: { status: 403, body: said, headers: { 'www-authenticate': whole } },
  'bad-request': { status: 400, body: said },
  gone: { status: 410, body: said },
  busy: { status: 429, body: said, headers: { 'retry-after': whole } },
  html: { status: 200, body: `<html>${whole}</html>`, headers: { 'content-type': 'text/html' } },
  cut: { status: 200, body: said.slice(0, -9) },
  shape: { status: 200, body: JSON.stringify({ resourceType: whole, entry: whole, data: { [enrolled.cpr]: whole } }) },
  keys: {
    status: 200,
    body: bundle({
      [enrolled.cpr]: whole,
      data: [{ [enrolled.cpr]: whole, id: [whole] }],
      entry: [{ resource: whole }],
    }),
  },
  redirect: { status: 302, body: said, headers: { location: `${origin}/${inUrl}` } },
  elsewhere: {
    status: 200,
    body: bundle({ entry: [], link: [{ relation: 'next', url: `http://elsewhere.example/${inUrl}` }] }),
  },
  token: { status: 401, body: said },
});

export interface WrongServer {
  readonly url: string;
  wrong: Wrong;
  /** Addresses it was asked for. */
  readonly urls: readonly string[];
  close(): Promise<void>;
}

export const startWrongServer = async (): Promise<WrongServer> => {
  const urls: string[] = [];
  let origin = '';
  const answerTo = (request: IncomingMessage, wrong: Exclude<Wrong, 'hang-up'>): Answer =>
    request.url === '/token' && wrong !== 'token'
      ? { status: 200, body: '{"access_token":"token","token_type":"Bearer","expires_in":300}' }
      : answers(origin)[wrong];
  const server = createServer((request, response) => {
    urls.push(request.url ?? '');
    if (state.wrong === 'hang-up') return void request.socket.destroy();
    const { status, body, headers } = answerTo(request, state.wrong);
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const state: WrongServer = {
    url: origin,
    wrong: 'error',
    urls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return state;
};
