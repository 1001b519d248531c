// Figures without persons: one month as tables, what happened over time as charts with the same figures beside them. What
// is shown went through suppression in the store; that somebody looked is in the access log all the same.
import { z } from 'zod';
import { copenhagenInstant } from '../../clock.ts';
import { happenings, partitions, standings } from '../../store/figure-count.ts';
import { leastEnrolled } from '../../store/figure-months.ts';
import { type MonthHappening, readFigures } from '../../store/figures.ts';
import { leastShown, type ShownCell } from '../../store/suppression.ts';
import { readFilters, viewerOf } from '../input.ts';
import type { Speech } from '../render.ts';
import type { RegisterPage } from '../routes.ts';

/** Fewer points are no course. */
const leastPoints = 2;

const cellOf = (month: MonthHappening, cell: string): ShownCell | undefined =>
  month.cells.find((one) => one.cell === cell);

/** A month without the cell had nothing of it; one whose cell is left out has a gap. */
const courseOf = (name: string, months: readonly MonthHappening[], { t, word }: Speech) => {
  const cells = [...new Set(months.flatMap((one) => one.cells.map(({ cell }) => cell)))].sort();
  const label = (cell: string): string => word(name === 'goals-met' ? 'domain' : 'figures.cell', cell);
  const values = (cell: string) =>
    months.map((month) => {
      const found = cellOf(month, cell);
      return found === undefined ? 0 : found.persons;
    });
  const drawn = months.length >= leastPoints && cells.some((cell) => values(cell).some((value) => (value ?? 0) > 0));
  return {
    name,
    months,
    cells: cells.map((cell) => ({ cell, label: label(cell) })),
    of: (month: MonthHappening, cell: string) => cellOf(month, cell) ?? { cell, persons: 0, amount: 0 },
    label: t(`figures.happening.${name}.title`),
    chart: drawn
      ? JSON.stringify({
          by: 'month',
          height: 200,
          x: months.map(({ month }) => Math.round(copenhagenInstant(`${month}-01`).getTime() / 1000)),
          series: cells.map((cell) => ({ label: label(cell), values: values(cell), bars: cells.length === 1 })),
        })
      : undefined,
  };
};

export const registerFigures: RegisterPage = (app, context, pages) => {
  app.get('/admin/figures', { config: { page: 'view' } }, async (request, reply) => {
    const speech = pages.speech(request);
    const figures = await readFigures(context.pool);
    await context.accessLog.write([
      {
        actor: viewerOf(request).actor,
        purpose: 'statistik',
        endpoint: 'GET /admin/figures',
        records: [],
        decision: 'allowed',
        bases: ['figures without persons'],
        correlation: request.id,
      },
    ]);
    const known = figures.months.map(({ month }) => month);
    const { month = known.at(-1) } = readFilters(request, { month: z.string().refine((one) => known.includes(one)) });
    return pages.page(
      request,
      reply,
      'figures',
      { title: speech.t('figures.title'), scripts: ['chart'] },
      {
        known: known.toReversed(),
        month,
        standing: figures.months.find((one) => one.month === month),
        partitions,
        standings,
        courses: happenings.map((name) => courseOf(name, figures.happenings[name], speech)),
        leastShown,
        leastEnrolled,
      },
    );
  });
};
