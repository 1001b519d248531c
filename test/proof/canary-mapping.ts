// A mapping somebody has begun to change: the shipped one of FHIR goals, saying it of every goal to fewer people.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const shipped = join(import.meta.dirname, '../../mappings/fhir/Goal.yaml');

/** @returns the path of the changed file. */
export const changedGoal = async (folder: string): Promise<string> => {
  const system = join(folder, 'changed', 'fhir');
  await mkdir(system, { recursive: true });
  const text = await readFile(shipped, 'utf8');
  const path = join(system, 'Goal.yaml');
  await writeFile(path, text.replace(/^sensitivity:.*$/m, 'sensitivity: { value: sensitive }'));
  return path;
};
