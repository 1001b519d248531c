// A process that holds an embedded database, for tests to kill: `node embedded-holder.ts <folder>` prints its address.
import { createLogger } from '../src/log.ts';
import { startEmbedded } from '../src/store/embedded.ts';

const folder = process.argv[2];
if (folder === undefined) throw new Error('usage: embedded-holder.ts <folder>');
const server = await startEmbedded({ folder, log: createLogger({ level: 'silent' }) });
process.on('SIGTERM', () => void server.stop().then(() => process.exit(0)));
process.stdout.write(`${server.url}\n`);
setInterval(() => {}, 60_000);
