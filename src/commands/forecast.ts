// sources forecast: how long a full reload would take; the same is said before one is begun.
import type { Command } from 'commander';
import { type Forecast, forecastReload } from '../jobs/forecast.ts';
import { configOf, type Opened, print, say, sourceNamed, withHub } from './context.ts';

/** Of every mapped kind, or of one. */
export const forecastOf = (opened: Opened, name: string, kind: string | undefined): Promise<Forecast> => {
  const { hub } = opened;
  const { source } = sourceNamed(opened, name);
  const budget = hub.config.sources[name]?.budget ?? { requestsPerSecond: 1, windows: [] };
  return forecastReload(hub.pool, hub.clock, source, budget, kind === undefined ? undefined : [kind]);
};

/** Said before a reload: it takes the source's time, and readers see how late the source is. */
export const sayForecast = async (opened: Opened, name: string, kind: string | undefined): Promise<void> => {
  const { requests, text } = await forecastOf(opened, name, kind);
  say(`A full reload of ${kind ?? 'every kind'}: ${text}${requests > 0 ? ` (${requests} requests)` : ''}.`);
};

export const registerForecast = (sources: Command): void => {
  sources
    .command('forecast')
    .argument('<source>')
    .option('--kind <kind>', 'only this kind')
    .description('how long a full reload would take, from the source’s own history and its budget')
    .action((name: string, options: { kind?: string }, command: Command) =>
      withHub(configOf(command), async (opened) => {
        const forecast = await forecastOf(opened, name, options.kind);
        print(
          command,
          forecast.kinds.map(({ kind, requests, seconds, from }) => ({
            kind,
            requests: requests ?? null,
            'last took (s)': seconds === undefined ? null : Math.round(seconds),
            from,
          })),
          'No kind of it has a mapping.',
        );
        say(`${name}: ${forecast.text}.`);
      }),
    );
};
