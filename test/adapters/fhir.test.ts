// The FHIR adapter keeps the adapter contract.
import { fhir } from '../../adapters/fhir/index.ts';
import { describeAdapter } from '../adapter.ts';
import { startFhirHarness } from './fhir.ts';

describeAdapter('fhir', { adapter: fhir, start: startFhirHarness });
