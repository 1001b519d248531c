// The list of adapters. A new one is written in its own folder and adds one line here; nothing is found by name.
import type { AnyAdapter } from '../src/adapter/contract.ts';
import { dfdg } from './dfdg/index.ts';
import { fhir } from './fhir/index.ts';
import { fhirInbox } from './fhir-inbox/index.ts';
import { files } from './files/index.ts';
import { momentum } from './momentum/index.ts';
import { nexus } from './nexus/index.ts';
import { odata } from './odata/index.ts';
import { rest } from './rest/index.ts';
import { sf1470 } from './sf1470/index.ts';
import { sf1520 } from './sf1520/index.ts';
import { soap } from './soap/index.ts';

export const adapters: readonly AnyAdapter[] = [
  dfdg,
  fhir,
  fhirInbox,
  files,
  momentum,
  nexus,
  odata,
  rest,
  sf1470,
  sf1520,
  soap,
];
