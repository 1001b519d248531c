// A line small enough for a table cell, drawn on the server: the shape of fourteen days, with a mark under each day on
// which something failed. The figures themselves are a click away; uPlot draws those.

interface Day {
  readonly stored: number;
  readonly failed: number;
}

export interface Spark {
  readonly width: number;
  readonly height: number;
  /** Of a `polyline`. */
  readonly points: string;
  /** x of the days with failures. */
  readonly marks: readonly number[];
  readonly total: number;
  readonly failed: number;
}

const [width, height, foot] = [112, 28, 6] as const;

export const sparkline = (days: readonly Day[]): Spark => {
  const most = Math.max(1, ...days.map(({ stored }) => stored));
  const step = days.length < 2 ? 0 : (width - 4) / (days.length - 1);
  const x = (index: number): number => Math.round((2 + index * step) * 10) / 10;
  const y = (stored: number): number => Math.round((height - foot - (stored / most) * (height - foot - 2)) * 10) / 10;
  return {
    width,
    height,
    points: days.map(({ stored }, index) => `${x(index)},${y(stored)}`).join(' '),
    marks: days.flatMap(({ failed }, index) => (failed > 0 ? [x(index)] : [])),
    total: days.reduce((sum, { stored }) => sum + stored, 0),
    failed: days.reduce((sum, { failed }) => sum + failed, 0),
  };
};
