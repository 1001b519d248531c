// The conformance suite passes a right adapter and fails one with a planted bug, each by the check meant for it.
import { describe, expect, test } from 'vitest';
import { checks, describeAdapter } from './adapter.ts';
import { type Bug, toySubject } from './conformance/toy.ts';

describeAdapter('a right toy adapter', toySubject());

const planted: readonly (readonly [Bug, keyof typeof checks, RegExp])[] = [
  ['accepts any configuration', 'a bad configuration is refused, naming the field', /bad url/],
  ['always down', 'probe says up', /running stub/],
  ['throwing probe', 'probe says down without throwing', /threw/],
  ['always up', 'probe says down without throwing', /stopped stub/],
  [
    'duplicate keys',
    'a pull from the beginning gives every record exactly once, in pages and shapes as declared',
    /twice/,
  ],
  [
    'empty key',
    'a pull from the beginning gives every record exactly once, in pages and shapes as declared',
    /readable/,
  ],
  [
    'skipped page',
    'a pull from the beginning gives every record exactly once, in pages and shapes as declared',
    /records pulled/,
  ],
  [
    'huge page',
    'a pull from the beginning gives every record exactly once, in pages and shapes as declared',
    /on a page/,
  ],
  [
    'wrong body',
    'a pull from the beginning gives every record exactly once, in pages and shapes as declared',
    /schema/,
  ],
  ['unbounded memory', 'memory does not grow with the source', /still held/],
  ['pull of a crawled kind', 'a kind that is crawled has no pull, and a citizen can be asked for', /a pull of/],
  ['crawled kind without citizens', 'a kind that is crawled has no pull, and a citizen can be asked for', /how one/],
  ['checkpoint too early', 'replay from every checkpoint loses nothing, and checkpoints survive JSON', /lost/],
  ['checkpoint as Date', 'replay from every checkpoint loses nothing, and checkpoints survive JSON', /JSON/],
  ['future throws', 'a checkpoint far in the future yields nothing and does not throw', /ahead/],
  ['future starts over', 'a checkpoint far in the future yields nothing and does not throw', /in the future/],
  ['deaf to abort', 'abort ends a pull within one page', /after the abort/],
  ['swallows deletions', 'deletions show as declared', /reported deletions/],
  ['everybody', 'byCitizen gives that citizen only, and the number is in no URL', /other citizens/],
  ['cpr in url', 'byCitizen gives that citizen only, and the number is in no URL', /expected/],
  ['undeclared host', 'only declared hosts are contacted', /connected/],
  ['name in log', 'logs and errors hold no personal data and no secret', /log lines/],
  ['name in error', 'logs and errors hold no personal data and no secret', /errors that hold/],
  ['foreign error', 'logs and errors hold no personal data and no secret', /fault/],
];

describe('a planted bug is found', () => {
  test.each(planted)('%s', async (bug, check, message) => {
    await expect(checks[check](toySubject(bug))).rejects.toThrow(message);
  });

  test('every check is proved by at least one bug', () => {
    const proved = new Set(planted.map(([, check]) => check));
    const unproved = Object.keys(checks).filter((check) => !proved.has(check as keyof typeof checks));
    expect(unproved).toEqual([]);
  });
});
