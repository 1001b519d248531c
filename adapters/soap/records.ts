// The kinds a configuration describes.
import { describedKinds, listedKind } from '../../src/adapter/listed-kind.ts';
import { kindSchema } from './kind.ts';

export const configuredKinds = describedKinds(kindSchema, listedKind);
