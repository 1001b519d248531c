// Secrets as files: where NAME_FILE is set for one of these names, NAME is what that file holds, as if it had been set
// itself. The content is never part of an error.
import { readFileSync } from 'node:fs';
import { HubError } from '../errors.ts';

const secretNames = ['DATABASE_URL', 'REDIS_URL', 'PGPASSWORD'] as const;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment with its secret files read in.
 * @throws HubError `config/missing-secret` when a file cannot be read or is empty, `config/invalid` when NAME is set too.
 */
export const withSecretFiles = (environment: Environment): Record<string, string> => {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) if (value !== undefined) result[name] = value;
  for (const name of secretNames) {
    const variable = `${name}_FILE`;
    const path = environment[variable];
    if (path === undefined || path === '') continue;
    if (environment[name] !== undefined && environment[name] !== '') {
      throw new HubError({
        code: 'config/invalid',
        fault: 'config',
        message: `Both ${name} and ${variable} are set.`,
        hint: 'Keep one of them.',
      });
    }
    let text = '';
    try {
      text = readFileSync(path, 'utf8').trim();
    } catch {
      // An unreadable file and an empty one are the same to whoever needs the secret.
    }
    if (text === '') {
      throw new HubError({
        code: 'config/missing-secret',
        fault: 'config',
        message: `The file named by ${variable} is missing, unreadable or empty.`,
        hint: 'Check the path, and that the account the hub runs as may read it.',
      });
    }
    result[name] = text;
    delete result[variable];
  }
  return result;
};
