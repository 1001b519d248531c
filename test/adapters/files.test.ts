// The conformance suite over CSV drops, from a folder and over SFTP, and over the other formats and deltas.
import { describeAdapter } from '../adapter.ts';
import { fromFolder, fromSftp } from './files.ts';
import { fromFormats } from './files-formats.ts';

describeAdapter('files in a folder', fromFolder);
describeAdapter('files over SFTP', fromSftp);
describeAdapter('files in other formats', fromFormats);
