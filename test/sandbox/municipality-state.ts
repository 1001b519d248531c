// What the sandbox remembers between two runs: who it is and how many steps it has taken. Kept beside the files of the
// social system; another size or seed begins anew.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const schema = z.strictObject({
  citizens: z.int().positive(),
  enrolled: z.int().nonnegative(),
  seed: z.int(),
  today: z.iso.date(),
  /** Ordinary steps of the municipality. */
  steps: z.int().nonnegative(),
  /** Events of the showcase citizen. */
  showcase: z.int().nonnegative(),
  /** Steps through the versions of added FHIR files. */
  files: z.int().nonnegative(),
});
export type MunicipalityState = z.infer<typeof schema>;

const pathIn = (folder: string): string => join(folder, 'municipality.json');

export const readState = async (
  folder: string,
  wanted: Pick<MunicipalityState, 'citizens' | 'enrolled' | 'seed'>,
): Promise<MunicipalityState | undefined> => {
  const text = await readFile(pathIn(folder), 'utf8').catch(() => '{}');
  const { success, data } = schema.safeParse(JSON.parse(text));
  if (!success) return undefined;
  const same = data.citizens === wanted.citizens && data.enrolled === wanted.enrolled && data.seed === wanted.seed;
  return same ? data : undefined;
};

export const writeState = async (folder: string, state: MunicipalityState): Promise<void> => {
  const unfinished = `${pathIn(folder)}.new`;
  await writeFile(unfinished, `${JSON.stringify(state, null, 2)}\n`);
  await rename(unfinished, pathIn(folder));
};
