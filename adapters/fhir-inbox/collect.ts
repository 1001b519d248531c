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

interface Read {
  /** What a copy of it would have in common with it. */
  readonly content: string;
  readonly taken: Taken;
}

/** Of content, never of a name: a name may be a number, which a hash does not hide. */
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

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

/** With a mark of its content, so that another file of the same name does not take its place. */
const nameAway = (name: string, content: string): string => name.replace(/(\.[^.]*)?$/, `.${hashOf(content)}$1`);

const putAway = async (place: Place, config: FileConfig, { name }: MessageFile, read: Read): Promise<void> => {
  const { taken, content } = read;
  if (taken.answer !== undefined && config.acknowledge)
    await place.write(config.ack, `ack-${hashOf(taken.answer)}.json`, taken.answer);
  if (config.after === 'leave') return;
  const as = nameAway(name, content);
  if (taken.outcome === 'refused') await unlessGone(place.move(name, config.refused, as));
  else if (config.after === 'move') await unlessGone(place.move(name, config.done, as));
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
      const read = await takeFile(place, file, config, context, signal);
      const { taken } = read;
      // Not JSON, and younger than the rest: it may still be on its way.
      if (taken.refusal?.element === 'Bundle' && taken.refusal.issue === 'structure' && now() - file.mtimeMs < restMs)
        continue;
      counts[taken.outcome] += 1;
      if (taken.refusal !== undefined)
        context.log.warn({ event: 'message.refused', mark: hashOf(read.content), ...taken.refusal });
      await putAway(place, config, file, read);
    }
  } finally {
    await place.close();
  }
  return counts;
};

const takeFile = async (
  place: Place,
  file: MessageFile,
  config: FileConfig,
  context: Pick<AdapterContext, 'clock' | 'inbox'>,
  signal: AbortSignal,
): Promise<Read> => {
  if (file.size > mostBytes)
    return {
      content: `${file.size} ${file.mtimeMs}`,
      taken: { outcome: 'refused', refusal: { element: 'Bundle', issue: 'too-long', details: 'MSG_BAD_SYNTAX' } },
    };
  try {
    const content = await place.read(file, signal);
    return { content, taken: await take(content, config, context) };
  } catch (thrown) {
    // Somebody put it away meanwhile: there is nothing to do.
    if (thrown instanceof HubError && thrown.code === 'source/not-found')
      return { content: '', taken: { outcome: 'known' } };
    throw thrown;
  }
};
