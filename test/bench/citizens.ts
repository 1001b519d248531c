// Citizens with a plan of 60 records each, in the proportions of the showcase: a third of them encrypted, with links,
// a grant, a refusal and master data.
import type { Hub, Person } from '../feed/fixture.ts';

/** Kind → how many. */
const mix = { plan: 5, goal: 12, intervention: 15, contact: 12, appointment: 16 } as const;
const texts = 'Målet er at komme i praktik, holde en fast døgnrytme og få ro på økonomien i hverdagen. '.repeat(2);

const records = async ({ world }: Hub, person: Person): Promise<readonly string[]> => {
  const ids: string[] = [];
  for (const [kind, count] of Object.entries(mix))
    for (let at = 0; at < count; at += 1) {
      const social = at % 3 === 0;
      const fields = kind === 'goal' ? { text: texts } : kind === 'plan' ? { purpose: texts } : {};
      const place = social ? { domain: 'social', source: 'sensum', sensitivity: 'sensitive', encrypted: true } : {};
      ids.push(
        await world.record({
          citizens: [person],
          kind,
          ownerUnit: social ? 'social' : 'jobcenter',
          fields,
          ...place,
        }),
      );
    }
  return ids;
};

export const fillCitizens = async (hub: Hub, count: number): Promise<readonly Person[]> => {
  const { world } = hub;
  for (const unit of ['jobcenter', 'social', 'sundhed']) await world.unit(unit, null);
  const people: Person[] = [];
  for (let n = 0; n < count; n += 1) {
    const person = await world.person(`0102${String(700_000 + n).slice(-6)}`);
    people.push(person);
    const ids = await records(hub, person);
    await world.record({
      citizens: [person],
      kind: 'citizen',
      encrypted: true,
      fields: { name: 'Maja Sandkasse', birthDate: '1970-02-01' },
    });
    const [plan] = ids;
    for (const id of ids.slice(5, 17)) if (plan !== undefined) await world.link(id, 'plan', plan);
    await world.say(person, 'grant', 'unit:jobcenter', { domains: ['social'], upTo: 'sensitive' });
    await world.say(person, 'refuse', 'organisation:fonden-broen', { domains: ['employment'] });
  }
  await world.synced('momentum', 'task', new Date());
  return people;
};
