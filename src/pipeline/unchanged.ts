// Before a record is mapped: is it, word for word, what was mapped and stored before, about the same people, by the same
// translation and settings? Then nothing about it can differ. What had issues is always mapped again, so that they count.
import { createHash } from 'node:crypto';
import product from '../../package.json' with { type: 'json' };
import type { KeyRing } from '../store/crypto.ts';
import { shapingSettings } from './settings.ts';
import type { SyncKind, SyncSource } from './source.ts';
import type { WithSubject } from './subject.ts';

const known = new WeakMap<SyncKind, string>();

/** Everything but the body that decides what becomes of a record of this kind. */
const settingsOf = (source: SyncSource, kind: SyncKind): string => {
  const found = known.get(kind);
  if (found !== undefined) return found;
  // Conversions, functions and composing are code: with every version everything is mapped again once.
  const text = JSON.stringify([product.version, kind.mapping?.digest, ...shapingSettings(source, kind)]);
  const digest = createHash('sha256').update(text).digest('base64');
  known.set(kind, digest);
  return digest;
};

/** Nested deeper than can be written down: mapping will say what is wrong with it. */
const written = (body: unknown): string | undefined => {
  try {
    return JSON.stringify(body);
  } catch {
    return undefined;
  }
};

/** 32 bytes, by a hash that begins with a secret. */
export const rawHash = (keys: KeyRing, source: SyncSource, kind: SyncKind, record: WithSubject): Buffer | undefined => {
  const body = written(record.body);
  if (body === undefined) return undefined;
  const homes = record.subjects.map((subject) => subject.homeId).sort();
  return keys.fingerprint(`${settingsOf(source, kind)} ${homes.join()} ${record.others} ${record.key} ${body}`);
};
