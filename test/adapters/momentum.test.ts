// Momentum keeps the adapter contract.
import { describeAdapter } from '../adapter.ts';
import { momentumSubject } from './momentum.ts';

describeAdapter('momentum', momentumSubject);
