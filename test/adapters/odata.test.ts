// The OData adapter keeps the adapter contract, with DUBU's kinds as they are shipped.
import { describeAdapter } from '../adapter.ts';
import { odataSubject } from './odata.ts';

describeAdapter('odata', odataSubject);
