// Meetings convened in the hub, each about a record of the world, and the coordinating contact: there in both hubs, or, in the
// one that holds only what is seen, where the reader sees them; and what a curious reader would ask about either.
import type { InjectOptions } from 'fastify';
import { askFor } from '../../src/consent/meeting-consents.ts';
import { type BornKind, insertBorn, type Place, type Said, saveSaid } from '../../src/store/born.ts';
import type { KeyRing } from '../../src/store/crypto.ts';
import { type Db, type Pool, transaction } from '../../src/store/db.ts';
import { agendaRecords, saveMeeting } from '../../src/store/meetings.ts';
import { appendChanges } from '../../src/store/removal.ts';
import type { Person } from '../feed/fixture.ts';
import { type HiddenWorld, uuidOf } from './hidden-world.ts';

/** Of the citizen in this place. */
export const meetingOf = (place: number): string => uuidOf(1, 20 + place);
export const coordinatorOf = (place: number): string => uuidOf(1, 24 + place);
const units = ['jobcenter', 'social', 'sundhed', 'jobcenter'];
const began = Date.parse('2026-11-02T08:00:00Z');

const born = async (
  tx: Db,
  keys: KeyRing,
  place: Place,
  said: { readonly id: string; readonly kind: BornKind; readonly fields: object; readonly links: Said['links'] },
): Promise<Date> => {
  const now = new Date(began + Number(said.id.slice(-2)) * 60_000);
  const unit = place.ownerUnit ?? '';
  await insertBorn(tx, place, { ...said, unit, authorKind: 'professional', authorPerson: 'x', now });
  const fields = said.fields as Said['fields'];
  await appendChanges(tx, await saveSaid(tx, keys, place, { ...said, fields, version: 1, by: 'x', now }));
  return now;
};

const conveneOne = async (
  tx: Db,
  keys: KeyRing,
  place: Place,
  meeting: { readonly id: string; readonly about: string; readonly seen: boolean },
): Promise<void> => {
  const { id, about, seen } = meeting;
  const fields = { title: 'Netværksmøde', start: '2090-01-01T10:00:00Z', status: 'onHold', agenda: ['Et punkt'] };
  const now = await born(tx, keys, place, { id, kind: 'appointment', fields, links: [{ rel: 'about', toId: about }] });
  const recipients = ['person:egevang-bewi', 'organisation:fonden-broen', 'unit:social'];
  const row = { record_id: id, recipients, agenda: [about], purposes: ['coordinated-plan'], days_after: 14 };
  await saveMeeting(tx, { ...row, answer: null, answered_at: null });
  // What is asked about a record the reader does not see is not told either.
  const others = seen ? await agendaRecords(tx, place.subject.citizenId, [about]) : [];
  await askFor(tx, keys, {
    meeting: id,
    identity: place.subject.identityId,
    recipients,
    records: [{ id, kind: 'appointment', domain: place.domain, sensitivity: place.sensitivity }, ...others],
    purposes: row.purposes,
    until: new Date('2090-02-01T00:00:00Z'),
    now,
    by: 'x',
  });
};

export const conveneMeetings = async (
  pool: Pool,
  keys: KeyRing,
  world: HiddenWorld,
  people: ReadonlyMap<number, Person>,
  seen: ReadonlySet<string> | 'all',
): Promise<void> => {
  const sees = (id: string): boolean => seen === 'all' || seen.has(id);
  for (const [n, person] of people) {
    const about = world.records.find(({ citizens, sensitivity }) => citizens[0] === n && sensitivity !== 'vip');
    const place: Place = {
      subject: { identityId: person.identity, citizenId: person.id, homeId: person.id },
      domain: 'shared',
      sensitivity: 'confidential',
      ownerUnit: units[n],
      named: [],
      withheld: false,
      thirdPartyProtected: false,
    };
    const contact = {
      name: 'En konsulent',
      role: { code: 'borgerkonsulent', display: 'Borgerkonsulent' },
      professional: true,
      period: { start: '2026-11-02' },
    };
    await transaction(pool, async (tx) => {
      if (sees(coordinatorOf(n)))
        await born(tx, keys, place, { id: coordinatorOf(n), kind: 'contact', fields: contact, links: [] });
      if (about !== undefined && sees(meetingOf(n)))
        await conveneOne(tx, keys, place, { id: meetingOf(n), about: about.id, seen: sees(about.id) });
    });
  }
};

const post = (url: string, payload: object): InjectOptions => ({ method: 'POST', url, payload });
const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();

/** Asked of one citizen, by whoever reads. */
export const meetingRequests = (at: string): readonly (readonly [string, InjectOptions])[] => {
  const participants = [{ name: 'Trine Krogh', recipient: 'person:egevang-trkr' }];
  const convened = (n: number) => ({
    title: 'Møde',
    start: inDays(10 + n),
    end: inDays(10.1 + n),
    participants,
    agenda: [{ text: 'Et punkt', record: uuidOf(1, n) }],
  });
  const reads = ['meetings', 'meetings/agenda', 'meetings/agenda?at=2026-12-31', 'coordinator', 'consent-proposals'];
  return [
    ...[0, 1, 4, 13].map((n) => [`meeting about ${n}`, post(`${at}/meetings`, convened(n))] as const),
    ...[0, 1, 2].flatMap((n) => {
      const one = `${at}/meetings/${meetingOf(n)}`;
      return [
        [`change meeting ${n}`, post(one, { title: 'Et andet' })],
        [`agenda of meeting ${n}`, post(one, { agenda: [{ text: 'Nyt', record: uuidOf(1, 2) }] })],
        [`answer meeting ${n}`, post(`${one}/answer`, { answer: 'accepted', evidence: 'Journal 1' })],
        [`decline meeting ${n}`, post(`${one}/answer`, { answer: 'declined', evidence: 'Journal 1' })],
        [`withdraw meeting ${n}`, post(`${one}/withdraw`, {})],
        [`until ${n}`, post(`${at}/coordinator/${coordinatorOf(n)}`, { until: '2090-01-01' })],
      ] as const;
    }),
    ['coordinator', post(`${at}/coordinator`, { person: 'x', name: 'En ny' })],
    ...[0, 1].map((n) => [`no coordinator ${n}`, post(`${at}/coordinator/${coordinatorOf(n)}/withdraw`, {})] as const),
    ...reads.map((path) => [path, { url: `${at}/${path}` }] as const),
  ];
};
