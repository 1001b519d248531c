// The Sags- og Dokumentindeks keeps the adapter contract.
import { describeAdapter } from '../adapter.ts';
import { sf1470Subject } from './sf1470.ts';

describeAdapter('sf1470', sf1470Subject);
