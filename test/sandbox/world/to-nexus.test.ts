// What happens to somebody in Nexus moves a grant on or changes a visit; it takes nothing else away and brings nothing else.
import { expect, it } from 'vitest';
import type { NexusPathway } from '../nexus/data.ts';
import { nexusData } from './to-nexus.ts';
import { createWorld } from './world.ts';

const ids = (pathways: readonly NexusPathway[]): readonly number[] =>
  pathways.flatMap(({ id, grants, references, children }) => [
    id,
    ...[...grants, ...references].map((one) => one.id),
    ...ids(children),
  ]);

it('keeps inbox, pathways, grants, documents and people as they were while things happen', () => {
  const world = createWorld({ citizens: 300, enrolled: 150, seed: 42, today: '2026-11-22' });
  const data = nexusData(world);
  let [known, letters] = [0, 0];
  for (let index = 1; index < 300; index += 1) {
    const { cpr } = world.citizenAt(index).person;
    const before = data.byCpr(cpr);
    if (before === undefined) continue;
    known += 1;
    letters += before.messages.length;
    for (let events = 0; events < 5; events += 1) {
      world.touch(index);
      const now = data.byCpr(cpr);
      expect(now?.messages).toEqual(before.messages);
      expect(ids(now?.pathways ?? [])).toEqual(ids(before.pathways));
      expect(now?.organisations).toEqual(before.organisations);
      expect(Math.abs((now?.events.length ?? 0) - before.events.length)).toBeLessThanOrEqual(2);
    }
  }
  expect(known).toBeGreaterThan(20);
  expect(letters).toBeGreaterThan(50);
});
