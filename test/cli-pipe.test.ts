// `samspil source list | head`: whoever has read enough and leaves is no fault of ours.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('ends quietly when nobody reads on', async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../src/cli.ts'), 'mappings', 'check']);
  child.stdout.destroy();
  let said = '';
  child.stderr.on('data', (part: Buffer) => {
    said += part.toString();
  });
  const [code] = await once(child, 'close');
  expect([code, said]).toEqual([0, '']);
}, 30_000);
