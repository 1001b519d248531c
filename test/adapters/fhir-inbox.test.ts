// The conformance suite over message inboxes, in a folder and over SFTP.
import { describeAdapter } from '../adapter.ts';
import { fromFolder, fromSftp } from './fhir-inbox.ts';

describeAdapter('fhir-inbox in a folder', fromFolder);
describeAdapter('fhir-inbox over SFTP', fromSftp);
