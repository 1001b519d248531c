// What became of the last look at the access log's anchor file, told by whoever looked (the web role, where the file is) to
// whoever warns (the worker).
import { z } from 'zod';
import type { Db } from './db.ts';

const anchorState = z.object({ at: z.iso.datetime(), state: z.enum(['works', 'fails', 'broken']) });

export interface AnchorState {
  readonly at: Date;
  /** broken: the chain no longer holds what the file says of it. */
  readonly state: 'works' | 'fails' | 'broken';
}

const setting = 'log.anchor-state';

export const writeAnchorState = async (db: Db, { at, state }: AnchorState): Promise<void> => {
  await db.query(
    `insert into hub_setting (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value`,
    [setting, JSON.stringify({ at: at.toISOString(), state })],
  );
};

/** Undefined: nobody has looked yet. */
export const readAnchorState = async (db: Db): Promise<AnchorState | undefined> => {
  const { rows } = await db.query<{ value: string }>('select value from hub_setting where name = $1', [setting]);
  if (rows[0] === undefined) return undefined;
  const { at, state } = anchorState.parse(JSON.parse(rows[0].value));
  return { at: new Date(at), state };
};
