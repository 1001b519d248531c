// A worker in a process of its own, for the test that kills it: configuration, keys and database from the environment,
// its log on stdout. It pulls nothing at start: what is left undone must be found by itself.
import { openHub } from '../../src/commands/context.ts';
import { createLogger } from '../../src/log.ts';
import { startWorkerRole } from '../../src/work.ts';

const log = createLogger({ level: 'info', destination: { write: (line) => process.stdout.write(line) } });
const opened = await openHub({ log, poolSize: 20 });
const worker = await startWorkerRole(opened.hub, { sliceMs: 300 });
log.info({ event: 'worker.started' });

process.once('SIGTERM', () => {
  void worker
    .close()
    .then(opened.close)
    .then(() => process.exit(0));
});
