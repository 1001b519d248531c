// A kind's settings are its own, then its source's, then the usual: for drift, one by one.
import { describe, expect, it } from 'vitest';
import { hubConfig, kindSettings } from './hub.ts';

const sourceOf = (more: object) => {
  const config = hubConfig.parse({
    municipality: { code: '0999', name: 'Egevang' },
    enrolmentBases: [{ code: 'lab-40-3', title: 'LAB § 40 stk. 3' }],
    sources: { x: { adapter: 'x', title: 'X', domain: 'social', ...more } },
  });
  const source = config.sources['x'];
  if (source === undefined) throw new Error('it was configured above');
  return source;
};

it('leaves the hub its own name', () => {
  const sources = { samspil: { adapter: 'x', title: 'X', domain: 'social' } };
  const base = { municipality: { code: '0999', name: 'Egevang' }, enrolmentBases: [{ code: 'x', title: 'X' }] };
  expect(hubConfig.safeParse({ ...base, sources: { x: sources.samspil } }).success).toBe(true);
  expect(hubConfig.safeParse({ ...base, sources }).error?.issues[0]?.path).toEqual(['sources', 'samspil']);
});

describe('kindSettings', () => {
  it('holds and stops by default where a mistake would do damage', () => {
    expect(kindSettings(sourceOf({}), 'k').drift).toEqual({
      newField: 'note',
      vanishedField: 'note',
      unknownCode: 'note',
      typeChange: 'hold',
      zeroRows: 'stop',
      volume: 'hold',
    });
  });

  it('lays the kind’s drift over the source’s', () => {
    const source = sourceOf({
      drift: { volume: 'note', newField: 'hold' },
      kinds: { k: { drift: { newField: 'stop' }, retain: '14d' } },
    });
    expect(kindSettings(source, 'k')).toMatchObject({
      drift: { newField: 'stop', volume: 'note', zeroRows: 'stop' },
      retain: 14 * 86_400_000,
    });
    expect(kindSettings(source, 'other')).toMatchObject({ drift: { newField: 'hold', volume: 'note' } });
    expect(kindSettings(source, 'other').retain).toBeUndefined();
  });

  it('refuses what is no policy', () => {
    expect(() => sourceOf({ drift: { volume: 'perhaps' } })).toThrow();
    expect(() => sourceOf({ drift: { rows: 'note' } })).toThrow();
  });
});
