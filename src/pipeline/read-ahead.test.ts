// One page ahead, never two; failures in their turn; a source that is let go of is told.
import { describe, expect, it } from 'vitest';
import { readAhead } from './read-ahead.ts';

const asked: number[] = [];
async function* pages(count: number, failsAt = Number.POSITIVE_INFINITY): AsyncGenerator<number> {
  asked.length = 0;
  try {
    for (let n = 0; n < count; n += 1) {
      asked.push(n);
      if (n === failsAt) throw new Error('broken off');
      yield n;
    }
  } finally {
    asked.push(-1);
  }
}

describe('readAhead', () => {
  it('gives every page in order and asks for one more than it has given', async () => {
    const got: number[] = [];
    for await (const page of readAhead(pages(4))) {
      got.push(page);
      expect(asked.filter((n) => n >= 0).length).toBeLessThanOrEqual(page + 2);
    }
    expect(got).toEqual([0, 1, 2, 3]);
  });

  it('tells a failure after the pages before it', async () => {
    const got: number[] = [];
    const read = async (): Promise<void> => {
      for await (const page of readAhead(pages(4, 2))) got.push(page);
    };
    await expect(read()).rejects.toThrow('broken off');
    expect(got).toEqual([0, 1]);
  });

  it('ends the source when it is left early', async () => {
    for await (const page of readAhead(pages(9))) if (page === 1) break;
    expect(asked).toEqual([0, 1, 2, -1]);
  });

  it('gives nothing of nothing', async () => {
    for await (const _ of readAhead(pages(0))) throw new Error('a page');
  });
});
