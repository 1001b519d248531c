// Message files into the inbox. A file is moved or deleted only after its message is committed and answered; whatever
// breaks off leaves it where it is, and reading it again changes nothing. Files are read when they have come to rest.
import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { AdapterContext } from '../../src/adapter/contract.ts';
import { HubError } from '../../src/errors.ts';
import type { FileConfig } from './config.ts';
import { type MessageFile, openPlace, type Place } from './place.ts';
import { type Outcome, type Taken, take } from './take.ts';

/** Attachments are part of messages. A file above this is no message. */
const mostBytes = 50 * 1024 * 1024;
/** Untouched for so long, a file is whole, whatever it holds. */
const restMs = 600_000;

export type Collected = Readonly<Record<Outcome, number>>;

const stopped = (): HubError =>
  new HubError({ code: 'run/cancelled', fault: 'transient', message: 'The pull was cancelled.' });

/** Files that did not change between two looks, oldest first. */
const atRest = async (
  place: Place,
  config: FileConfig,
  now: () => number,
  signal: AbortSignal,
): Promise<readonly MessageFile[]> => {
  const isMessage = ({ name }: MessageFile): boolean =>
    !name.startsWith('.') && config.endings.some((ending) => name.toLowerCase().endsWith(ending.toLowerCase()));
  const first = (await place.list(signal)).filter(isMessage);
  const young = first.some(({ mtimeMs }) => now() - mtimeMs < restMs);
  const look = (files: readonly MessageFile[]) => new Map(files.map((file) => [file.name, file]));
  if (young && config.settleSeconds > 0) {
    await setTimeout(config.settleSeconds * 1000, undefined, { signal }).catch(() => {
      throw stopped();
    });
    const before = look(first);
    return (await place.list(signal))
      .filter(({ name, size, mtimeMs }) => before.get(name)?.size === size && before.get(name)?.mtimeMs === mtimeMs)
      .toSorted((a, b) => a.mtimeMs - b.mtimeMs);
  }
  return first.toSorted((a, b) => a.mtimeMs - b.mtimeMs);
};

/** Two runs may look at one folder: what the other has already put away is done. */
const unlessGone = (act: Promise<void>): Promise<void> =>
  act.catch((thrown: unknown) => {
    if (!(thrown instanceof HubError && thrown.code === 'source/not-found')) throw thrown;
  });

const putAway = async (place: Place, config: FileConfig, name: string, taken: Taken): Promise<void> => {
  if (taken.answer !== undefined && config.acknowledge) {
    const id = createHash('sha256').update(taken.answer).digest('hex').slice(0, 32);
    await place.write(config.ack, `ack-${id}.json`, taken.answer);
  }
  if (config.after === 'leave') return;
  if (taken.outcome === 'refused') await unlessGone(place.move(name, config.refused));
  else if (config.after === 'move') await unlessGone(place.move(name, config.done));
  else await unlessGone(place.remove(name));
};

/** Reads what lies there. @throws HubError when the place or the inbox cannot be reached */
export const collect = async (
  config: FileConfig,
  context: Pick<AdapterContext, 'clock' | 'inbox' | 'log'>,
  signal: AbortSignal,
): Promise<Collected> => {
  const counts: Record<Outcome, number> = { kept: 0, known: 0, 'not-enrolled': 0, refused: 0, acknowledgement: 0 };
  const now = (): number => context.clock.now().getTime();
  const place = await openPlace(config, signal);
  try {
    for (const file of await atRest(place, config, now, signal)) {
      if (signal.aborted) throw stopped();
      const taken = await takeFile(place, file, config, context, signal);
      // Not JSON, and younger than the rest: it may still be on its way.
      if (taken.refusal?.element === 'Bundle' && taken.refusal.issue === 'structure' && now() - file.mtimeMs < restMs)
        continue;
      counts[taken.outcome] += 1;
      if (taken.refusal !== undefined)
        context.log.warn({ event: 'message.refused', file: hashOf(file.name), ...taken.refusal });
      await putAway(place, config, file.name, taken);
    }
  } finally {
    await place.close();
  }
  return counts;
};

/** Names of files are logged by hash. */
const hashOf = (name: string): string => createHash('sha256').update(name).digest('hex').slice(0, 16);

const takeFile = async (
  place: Place,
  file: MessageFile,
  config: FileConfig,
  context: Pick<AdapterContext, 'clock' | 'inbox'>,
  signal: AbortSignal,
): Promise<Taken> => {
  if (file.size > mostBytes)
    return { outcome: 'refused', refusal: { element: 'Bundle', issue: 'too-long', details: 'MSG_BAD_SYNTAX' } };
  let text: string;
  try {
    text = await place.read(file, signal);
  } catch (thrown) {
    // Another run may have put it away meanwhile: it is known then.
    if (thrown instanceof HubError && thrown.code === 'source/not-found') return { outcome: 'known' };
    throw thrown;
  }
  return take(text, config, context);
};
