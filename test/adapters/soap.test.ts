// The generic SOAP adapter keeps the adapter contract.
import { describeAdapter } from '../adapter.ts';
import { soapSubject } from './soap.ts';

describeAdapter('soap', soapSubject);
