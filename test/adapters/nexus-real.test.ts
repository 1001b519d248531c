// KMD's own prototype of a grant through the adapter's reading of bodies and the shipped mapping: all of its elements
// are known, and what it says comes out. Skipped where the public data is not there.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { grantBody } from '../../adapters/nexus/grant.ts';
import type { Resource } from '../../adapters/nexus/hal.ts';
import { kinds } from '../../adapters/nexus/records.ts';
import { compileUnknownFields } from '../../src/mapping/drift.ts';
import { loadMappings } from '../../src/mapping/load.ts';
import { elementsOf } from '../sandbox/nexus/elements.ts';
import { sampleGrant } from '../sandbox/nexus/sample.ts';

const file = join(import.meta.dirname, '../../../shared/data/nexus/grant-prototype.json');
const there = existsSync(file);
if (!there) process.stderr.write('The public Nexus payload is not here: its tests are skipped.\n');

describe.skipIf(!there)('the public grant', () => {
  const real = (there ? JSON.parse(readFileSync(file, 'utf8')) : {}) as Resource;
  const mapping = loadMappings([join(import.meta.dirname, '../../mappings')], 'nexus').get('grant');
  const body = { ...grantBody(real), id: '1', patientId: '2', pathwayId: '3' };

  test('every element is used by the mapping or stands under unused', () => {
    expect(Object.keys((body as { elements?: object }).elements ?? {}).length).toBe(
      (real['currentElements'] as unknown[]).length,
    );
    expect(compileUnknownFields(mapping ?? { used: [], unused: [] })(body)).toEqual([]);
  });

  test('a new element would be seen', () => {
    const more = {
      ...real,
      currentElements: [...(real['currentElements'] as unknown[]), { type: 'newElement', text: 'x' }],
    };
    expect(
      compileUnknownFields(mapping ?? { used: [], unused: [] })({
        ...grantBody(more),
        id: '1',
        patientId: '2',
        pathwayId: '3',
      }),
    ).toEqual(['elements.newElement']);
  });

  test('what it says comes out', () => {
    // A prototype has not been applied for yet: it has no state.
    const given = { ...body, workflowState: { name: 'Bestilt' } };
    expect(kinds.grant.body.safeParse(given).success).toBe(true);
    const { drafts, issues } = mapping?.map(given) ?? { drafts: [], issues: [] };
    expect(issues).toEqual([]);
    expect(drafts).toMatchObject([
      {
        entity: 'intervention',
        fields: {
          title: 'Hjemmetræning digitalt § 83.a',
          legalBasis: ['Serviceloven § 83 a'],
          hoursPerWeek: 1,
          status: 'active',
        },
      },
    ]);
  });

  test('the form around the elements, most of the payload, is left out', () => {
    expect(JSON.stringify(body).length).toBeLessThan(JSON.stringify(real).length / 4);
  });

  test('the sandbox writes the same elements', () => {
    const types = (elements: readonly unknown[]) => new Set(elements.map((one) => (one as { type: string }).type));
    expect(types(elementsOf(sampleGrant(1)))).toEqual(types(real['currentElements'] as unknown[]));
  });
});
