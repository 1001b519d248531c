// source new: configuration and mapping skeletons from a sample or a description. Every answer is an option too; what is
// missing is asked for at a terminal, and with --yes the guess is taken.
import { basename, relative, resolve } from 'node:path';
import { input, select } from '@inquirer/prompts';
import type { Command } from 'commander';
import { adapters } from '../../adapters/index.ts';
import { holdsUserinfo, userinfoAdvice } from '../config/address.ts';
import { HubError } from '../errors.ts';
import { joinSamples, newFiles, writeNew } from '../kit/new-source.ts';
import { readSampled } from '../kit/sample-read.ts';
import { guessTarget } from '../kit/skeleton-fields.ts';
import { idOf, nameKinds } from '../kit/skeleton-mapping.ts';
import {
  type AuthType,
  adapterFor,
  authTypes,
  type NewAdapter,
  type NewSource,
  newAdapters,
} from '../kit/skeleton-source.ts';
import { type Kind, kindNames, saidHere } from '../model/kinds.ts';
import { type Domain, domains } from '../model/values.ts';
import { print, say, wantsJson } from './context.ts';

export interface NewSourceOptions {
  readonly sample: readonly string[];
  readonly adapter?: string;
  readonly title?: string;
  readonly system?: string;
  readonly domain?: string;
  readonly ownerUnit?: string;
  readonly baseUrl?: string;
  readonly folder?: string;
  readonly wsdl?: string;
  readonly auth?: string;
  readonly to: readonly string[];
  readonly dir: string;
  readonly yes?: boolean;
}

const oneOf = <T extends string>(given: string, option: string, allowed: readonly T[]): T => {
  const found = allowed.find((one) => one === given);
  if (found !== undefined) return found;
  throw new HubError({
    code: 'config/invalid',
    fault: 'config',
    message: `${option} must be one of ${allowed.join(', ')}.`,
  });
};

/** Comments are written in the hub; no source makes them. */
const mapped = kindNames.filter((name) => !saidHere.includes(name));

/** `plan=intervention` → what a kind becomes. */
const targetsOf = (given: readonly string[]): ReadonlyMap<string, Kind> =>
  new Map(
    given.map((one) => {
      const [kind = '', target = ''] = one.split('=');
      return [kind, oneOf(target, `--to ${kind}=…`, mapped)];
    }),
  );

/** Ctrl-C at a question is a decision, not an error of ours. */
const answered = async <T>(question: Promise<T>): Promise<T> => {
  try {
    return await question;
  } catch (thrown) {
    if ((thrown as { name?: string }).name !== 'ExitPromptError') throw thrown;
    throw new HubError({ code: 'run/cancelled', fault: 'config', message: 'Stopped; nothing was written.' });
  }
};

/** Asks only a person, and only what no option has said. */
const asker = (options: NewSourceOptions) => {
  const silent = options.yes === true || process.stdin.isTTY !== true;
  return {
    person: !silent,
    text: async (given: string | undefined, message: string, otherwise: string): Promise<string> =>
      given ?? (silent ? otherwise : answered(input({ message, default: otherwise }))),
    choice: async <T extends string>(
      given: string | undefined,
      option: string,
      message: string,
      allowed: readonly T[],
      otherwise: T,
    ): Promise<T> => {
      if (given !== undefined) return oneOf(given, option, allowed);
      if (silent) return otherwise;
      const choices = allowed.map((value) => ({ value, name: value }));
      return answered(select({ message, default: otherwise, choices }));
    },
  };
};

const needSample = (): HubError =>
  new HubError({
    code: 'config/invalid',
    fault: 'config',
    message: 'There is nothing to begin with.',
    hint: '--sample <file>: a few records (JSON, JSON lines, XML, CSV), an OpenAPI document, a WSDL, OData $metadata or a CapabilityStatement.',
  });

export const newSource = async (
  command: Command,
  name: string | undefined,
  options: NewSourceOptions,
): Promise<void> => {
  const ask = asker(options);
  const asked =
    options.sample.length > 0 ? options.sample : [await ask.text(undefined, 'Sample or description (a file)', '')];
  const paths = asked.filter((path) => path !== '');
  if (paths.length === 0) throw needSample();
  const fhirKinds = Object.keys(adapters.find((one) => one.name === 'fhir')?.kinds ?? {});
  const sample = joinSamples(paths.map((path) => readSampled(path, fhirKinds)));

  const adapter: NewAdapter = await ask.choice(
    options.adapter,
    '--adapter',
    'Adapter',
    newAdapters,
    adapterFor(sample.form),
  );
  const guessed = idOf(basename(paths[0] ?? 'source').replace(/\..*$/, ''))
    .toLowerCase()
    .replaceAll('_', '-');
  const own = idOf(await ask.text(name, 'Name of the source', guessed))
    .toLowerCase()
    .replaceAll('_', '-');
  const title = await ask.text(options.title, 'Title, as people call it', own);
  const system =
    adapter === 'fhir'
      ? 'fhir'
      : idOf(await ask.text(options.system, 'System (folder of its mappings)', own)).toLowerCase();
  const domain: Domain = await ask.choice(options.domain, '--domain', 'Domain', domains, 'social');
  const ownerUnit = await ask.text(options.ownerUnit, 'Unit that owns its records (an id of units)', domain);
  const isHttp = adapter !== 'files';
  const known = sample.config['baseUrl'];
  const baseUrl = isHttp
    ? await ask.text(
        options.baseUrl,
        adapter === 'soap' ? 'Address of the service' : 'Base address',
        typeof known === 'string' ? known : 'https://DECIDE.example',
      )
    : undefined;
  if (baseUrl !== undefined && holdsUserinfo(baseUrl))
    throw new HubError({ code: 'config/invalid', fault: 'config', message: `--base-url: ${userinfoAdvice}` });
  const folder = isHttp ? undefined : await ask.text(options.folder, 'Folder of its files', '/srv/drop');
  const auth: AuthType = isHttp
    ? await ask.choice(options.auth, '--auth', 'How it wants to know the hub', authTypes, 'none')
    : 'none';
  const dir = resolve(options.dir);
  const source: NewSource = {
    name: own,
    title,
    system,
    adapter,
    domain,
    ownerUnit,
    auth,
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(folder === undefined ? {} : { folder }),
    // From the file that is written, not from where the command was given.
    ...(adapter === 'soap'
      ? { wsdl: `\${path:${relative(resolve(dir), resolve(options.wsdl ?? paths[0] ?? ''))}}` }
      : {}),
  };
  const today = new Date().toISOString().slice(0, 10);
  const targets = new Map(targetsOf(options.to));
  for (const { id } of nameKinds(sample.kinds))
    if (!targets.has(id) && ask.person) {
      const becomes = await ask.choice(undefined, '--to', `What does ${id} become?`, mapped, guessTarget(id));
      targets.set(id, becomes);
    }
  const made = newFiles({ source, sample, targets, today });
  writeNew(dir, made.files);
  if (wantsJson(command))
    return print(command, [{ source: own, files: [...made.files.keys()], decisions: made.decisions }], '');
  say(`Written, below ${dir}:`);
  for (const path of made.files.keys()) say(`  ${path}`);
  say(
    `\nTo decide (${made.decisions.length}; the same stands in sources/${own}.decisions.md and as DECIDE in the files):`,
  );
  for (const one of made.decisions) say(`  - ${one}`);
  say('\nNext, in samspil.yaml:');
  say(`  include: [sources/${own}.yaml]`);
  say('  mappingFolders: [./mappings]');
  say(`then: samspil mappings check && samspil source probe ${own} && samspil source dry-run ${own}`);
};
