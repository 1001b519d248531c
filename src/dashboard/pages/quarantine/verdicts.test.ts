// What would pass now: asked by many it is counted once, believed for a minute, and no longer once somebody has acted.
import { expect, it, vi } from 'vitest';
import type { Verdict } from '../../steering.ts';
import { createVerdicts } from './verdicts.ts';

const open = () => {
  let now = 0;
  const answers: ((verdicts: readonly Verdict[]) => void)[] = [];
  const verdicts = vi.fn(() => new Promise<readonly Verdict[]>((resolve) => void answers.push(resolve)));
  const known = createVerdicts({ verdicts }, { now: () => new Date(now) });
  return {
    known,
    verdicts,
    answer: (index: number) => answers[index]?.([]),
    pass: (ms: number) => {
      now += ms;
    },
  };
};

it('counts once for all who ask meanwhile, and for a minute after', async () => {
  const { known, verdicts, answer, pass } = open();
  const asked = [known.read(), known.read()];
  answer(0);
  await Promise.all(asked);
  pass(59_000);
  await known.read();
  expect(verdicts).toHaveBeenCalledTimes(1);
  pass(2_000);
  expect(known.latest()).toBeUndefined();
});

it('does not believe a count that somebody’s act has overtaken', async () => {
  const { known, verdicts, answer } = open();
  const before = known.read();
  known.forget();
  const after = known.read();
  answer(0);
  await before;
  expect(known.latest()).toBeUndefined();
  answer(1);
  await after;
  expect(known.latest()).toBeDefined();
  expect(verdicts).toHaveBeenCalledTimes(2);
});

it('tries again after a failure', async () => {
  const verdicts = vi.fn().mockRejectedValueOnce(new Error('no database')).mockResolvedValue([]);
  const known = createVerdicts({ verdicts }, { now: () => new Date() });
  await expect(known.read()).rejects.toThrow('no database');
  await expect(known.read()).resolves.toMatchObject({ verdicts: [] });
});

it('counts once after an act, however often somebody looks at what the act has come to', async () => {
  const { known, verdicts, answer, pass } = open();
  pass(5_000);
  const ended = new Date(4_000);
  const asked = known.read();
  known.forget(ended);
  answer(0);
  await asked;
  known.forget(ended);
  await known.read();
  expect(verdicts).toHaveBeenCalledTimes(1);
  known.forget(new Date(6_000));
  expect(known.latest()).toBeUndefined();
});
