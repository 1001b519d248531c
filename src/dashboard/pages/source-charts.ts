// A source's runs over time as the chart script wants them: how fast it gave, what failed, and how long it took.
import type { Series, SeriesPoint } from '../../store/run-series.ts';
import type { Speech } from '../render.ts';

interface Chart {
  readonly label: string;
  /** For `data-chart`. */
  readonly data: string;
}

/** Fewer points are no course. */
const least = 2;

export const chartsOf = ({ points }: Series, { t }: Speech): readonly Chart[] => {
  if (points.length < least) return [];
  const x = points.map(({ at }) => Math.round(at.getTime() / 1000));
  const values = (of: (point: SeriesPoint) => number | null): readonly (number | null)[] =>
    points.map((point) => {
      const value = of(point);
      return value === null ? null : Math.round(value * 10) / 10;
    });
  const failed = values((point) => point.failed);
  return [
    {
      label: t('source.chart.speed'),
      data: JSON.stringify({
        x,
        height: 220,
        series: [
          { label: t('source.chart.perSecond'), values: values((point) => point.recordsPerSecond) },
          ...(failed.some((count) => (count ?? 0) > 0)
            ? [{ label: t('source.chart.failed'), values: failed, axis: 'right', bars: true }]
            : []),
        ],
      }),
    },
    {
      label: t('source.chart.duration'),
      data: JSON.stringify({
        x,
        height: 180,
        series: [{ label: t('source.chart.seconds'), values: values((point) => point.longestMs / 1000) }],
      }),
    },
  ];
};
