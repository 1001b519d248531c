// The conformance suite over CSV drops, from a folder and over SFTP.
import { describeAdapter } from '../adapter.ts';
import { fromFolder, fromSftp } from './files.ts';

describeAdapter('files in a folder', fromFolder);
describeAdapter('files over SFTP', fromSftp);
