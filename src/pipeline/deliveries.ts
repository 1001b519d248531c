// What a source posted: read by its adapter, kept as notices in one transaction. Who is not enrolled is counted and
// forgotten here; nobody outside learns which of them that was.
import type { Delivery, Notice, Receipt } from '../adapter/contract.ts';
import { HubError } from '../errors.ts';
import { parseNumber } from '../model/cpr.ts';
import { type Tx, transaction } from '../store/db.ts';
import { type NewNotice, putNotices } from '../store/notices.ts';
import { holdPeople, numberHash, subjectsByNumber } from '../store/subjects.ts';
import { storable } from './decode.ts';
import type { PipelineDeps, SyncSource } from './source.ts';

export interface Accepted extends Pick<Receipt, 'answer'> {
  /** Notices that will be asked about. */
  readonly kept: number;
  /** About nobody who is enrolled, or of a kind that is not stored. */
  readonly dropped: number;
  /** The source's messages were kept: its kinds want to be pulled. */
  readonly pull: boolean;
}

const citizensOf = async (
  tx: Tx,
  deps: PipelineDeps,
  notices: readonly Notice[],
): Promise<(notice: Notice) => readonly string[] | undefined> => {
  const hashOf = (cpr: string): Buffer | undefined => {
    const parsed = parseNumber(cpr);
    return parsed === undefined ? undefined : numberHash(deps.keys, parsed.number);
  };
  const hashes = notices.flatMap(({ cprs = [] }) => cprs.flatMap((cpr) => hashOf(cpr) ?? []));
  const enrolled = await subjectsByNumber(tx, hashes);
  return ({ cprs = [] }) =>
    cprs.length === 0
      ? undefined
      : [...new Set(cprs.flatMap((cpr) => enrolled.get(hashOf(cpr)?.toString('hex') ?? '')?.citizenId ?? []))];
};

/** @throws HubError `request/invalid` when the delivery cannot be understood: nothing of it is kept. */
export const acceptDelivery = async (deps: PipelineDeps, source: SyncSource, delivery: Delivery): Promise<Accepted> => {
  if (source.receive === undefined)
    throw new HubError({
      code: 'request/unprocessable',
      fault: 'config',
      message: 'The adapter of this source understands no deliveries.',
    });
  const receipt = await source.receive(delivery);
  if (receipt.notices.some(({ key }) => !storable(key)))
    throw new HubError({
      code: 'request/invalid',
      fault: 'config',
      message: 'A notice’s key is empty, too long or not text.',
      path: 'key',
    });
  const mapped = new Set(source.kinds.filter((kind) => kind.mapping !== undefined).map((kind) => kind.name));
  const known = receipt.notices.filter(({ kind }) => mapped.has(kind));
  const wanted = await transaction(deps.pool, async (tx) => {
    await holdPeople(tx);
    const citizens = await citizensOf(tx, deps, known);
    const all = known.map(({ kind, key, change, ...notice }): NewNotice => {
      return { kind, key, change, citizens: citizens({ kind, key, change, ...notice }) };
    });
    const kept = all.filter((notice) => notice.citizens?.length !== 0);
    await putNotices(tx, deps.keys, source.name, kept);
    return kept;
  });
  return {
    kept: wanted.length,
    dropped: receipt.notices.length - wanted.length,
    pull: receipt.kept === true,
    ...(receipt.answer === undefined ? {} : { answer: receipt.answer }),
  };
};
