// Nexus keeps the adapter contract.
import { describeAdapter } from '../adapter.ts';
import { nexusSubject } from './nexus.ts';

describeAdapter('nexus', nexusSubject);
