// The region's sender: it drops its messages in a folder, not always in the order they were written, and some of them
// twice. A file appears under its name only when it is whole.
import { mkdir, readdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunningSystem, SandboxSystem, SystemOptions } from '../systems.ts';
import { randomOf } from '../world/random.ts';
import { showcaseIndex } from '../world/showcase.ts';
import { threadsOf } from '../world/to-fhir-inbox.ts';
import { bundleOf } from './bundle.ts';

/** The region writes about everybody; a big municipality's drop would take long to write. */
const most = { enrolled: 2000, others: 200 } as const;

interface Letter {
  readonly name: string;
  readonly bundle: object;
}

const start = async ({ world, folder, now }: SystemOptions): Promise<RunningSystem> => {
  const drop = join(folder, 'ind');
  await mkdir(drop, { recursive: true });
  const { seed, today, citizens } = world.options;
  const sent = new Set<string>();
  let rounds = 0;

  const newOf = (index: number): readonly Letter[] =>
    threadsOf(world.citizenAt(index), seed, today).flatMap((thread) =>
      thread.notes.flatMap(({ id }, at): readonly Letter[] => {
        if (sent.has(id)) return [];
        sent.add(id);
        return [{ name: id, bundle: bundleOf(thread, at) }];
      }),
    );

  const send = async (letters: readonly Letter[], at: Date): Promise<void> => {
    rounds += 1;
    // The answers to the last ones have been read; the hub may be writing another one.
    for (const name of await readdir(join(drop, 'ack')).catch(() => []))
      if (name.endsWith('.json')) await rm(join(drop, 'ack', name), { force: true });
    const random = randomOf(seed, 'sender', rounds);
    const twice = letters
      .filter(() => random.chance(0.1))
      .map((letter) => ({ ...letter, name: `${letter.name}-igen` }));
    const shuffled = [...letters, ...twice]
      .map((letter) => ({ letter, place: random.next() }))
      .sort((a, b) => a.place - b.place);
    for (const [place, { letter }] of shuffled.entries()) {
      const path = join(drop, `${rounds}-${String(place).padStart(5, '0')}-${letter.name}.json`);
      await writeFile(`${path}.part`, JSON.stringify(letter.bundle));
      await utimes(`${path}.part`, at, at);
      await rename(`${path}.part`, path);
    }
  };

  const indexes = new Set<number>([showcaseIndex]);
  for (const index of world.enrolled()) if (indexes.size < most.enrolled) indexes.add(index);
  for (let index = 0; index < Math.min(citizens, most.others); index += 1) indexes.add(index);
  // Sent an hour ago, as far as a reader can tell: nobody waits for them to settle.
  await send([...indexes].flatMap(newOf), new Date(now().getTime() - 3_600_000));

  return {
    environment: { SANDBOX_MEDCOM_FOLDER: drop },
    changed: async (changed) => send([...changed].flatMap(newOf), now()),
    close: async () => undefined,
  };
};

export const fhirInbox: SandboxSystem = { name: 'fhir-inbox', start };
