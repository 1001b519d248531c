// The generic REST adapter keeps the adapter contract, with a system's kinds as they are shipped.
import { describeAdapter } from '../adapter.ts';
import { restSubject } from './rest.ts';

describeAdapter('rest', restSubject);
