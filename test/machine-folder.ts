// The machine's temporary folder, for what outlives a test run; a run has one of its own, which goes with it.
import { tmpdir } from 'node:os';

const name = 'SAMSPIL_TEST_TMPDIR';

export const machineFolder = (): string => process.env[name] ?? tmpdir();

/** From here on this process and those it starts put their temporary files there. @returns undoes it */
export const moveTemporaryFiles = (to: string): (() => void) => {
  const before = process.env['TMPDIR'];
  process.env[name] = machineFolder();
  process.env['TMPDIR'] = to;
  return () => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  };
};
