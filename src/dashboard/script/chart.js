// Draws `<div class="chart" data-chart='{"x":[seconds…],"series":[{"label","values","axis","bars"}], "height":240, "by":"month"}'>` with
// uPlot. Without this script the table beside the chart says the same. Copenhagen time; the theme's font.
(() => {
  const colours = ['#1f4e5f', '#b3141b', '#8a5300', '#2e6b12', '#6b3fa0'];
  const zone = (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Europe/Copenhagen');
  const language = document.documentElement.lang === 'en' ? 'en-GB' : 'da-DK';
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const ticks = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
  const when = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'Europe/Copenhagen' });
  const tick = (spanSeconds) =>
    new Intl.DateTimeFormat(language, {
      timeZone: 'Europe/Copenhagen',
      ...(spanSeconds > 4 * 86400 ? { day: 'numeric', month: 'short' } : { hour: '2-digit', minute: '2-digit', ...(spanSeconds < 1200 ? { second: '2-digit' } : {}) }),
    });

  const month = (fields) => new Intl.DateTimeFormat(language, { timeZone: 'Europe/Copenhagen', ...fields });

  const draw = (element) => {
    if (element.dataset.drawn) return;
    element.dataset.drawn = 'yes';
    const { x, series, height = 240, by } = JSON.parse(element.dataset.chart);
    const words = by === 'month' ? month({ year: '2-digit', month: 'short' }) : tick((x.at(-1) ?? 0) - (x[0] ?? 0));
    const read = by === 'month' ? month({ year: 'numeric', month: 'long' }) : when;
    // Seconds may be parted finer than they are told.
    const once = (told) => told.map((word, index) => (word === told[index - 1] ? '' : word));
    const narrow = element.clientWidth < 500;
    const axis = { font: '13px "IBM Plex Sans", sans-serif', stroke: '#1a1a1a', grid: { stroke: '#e0e0e0' } };
    // Counts begin at nothing; the first and last bar are as wide as the others.
    const fromNothing = (_, __, most) => uPlot.rangeNum(0, most || 1, 0.1, true);
    // Whole things, beside something else: low, so that they do not hide it.
    const beside = (_, __, most) => [0, Math.max(2, most) * 2];
    const whole = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000];
    const half = series.some(({ bars }) => bars) && x.length > 1 ? (x.at(-1) - x[0]) / (x.length - 1) / 2 : 0;
    const aside = (_, first, last) => [first - half, last + half];
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height,
        padding: [null, series.some(({ axis: side }) => side === 'right') ? null : 28, null, null],
        tzDate: zone,
        scales: { x: { range: aside }, y: { range: fromNothing }, right: { range: beside } },
        cursor: { drag: { x: false, y: false } },
        legend: { markers: { fill: (_, index) => colours[(index - 1) % colours.length] } },
        series: [
          { label: language === 'da-DK' ? 'Tid' : 'Time', value: (_, at) => (at == null ? '' : read.format(new Date(at * 1000))) },
          ...series.map(({ label, axis: side, bars }, index) => ({
            label,
            scale: side === 'right' ? 'right' : 'y',
            stroke: colours[index % colours.length],
            width: 1.5,
            points: { show: x.length < 40 && !bars },
            ...(bars ? { paths: uPlot.paths.bars({ size: [0.7, 40] }), fill: colours[index % colours.length] } : {}),
            value: (_, value) => (value == null ? '' : number.format(value)),
          })),
        ],
        axes: [
          { ...axis, space: 80, values: (_, at) => once(at.map((one) => words.format(new Date(one * 1000)))) },
          { ...axis, size: narrow ? 48 : 64, values: (_, at) => at.map((one) => ticks.format(one)) },
          ...(series.some(({ axis: side }) => side === 'right')
            ? [{ ...axis, side: 1, scale: 'right', size: (_, told) => (narrow ? 18 + 8 * Math.max(1, ...(told ?? []).map(({ length }) => length)) : 64), incrs: whole, grid: { show: false }, values: (_, at) => at.map((one) => ticks.format(one)) }]
            : []),
        ],
      },
      [x, ...series.map(({ values }) => values)],
      element,
    );
    new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height })).observe(element);
  };
  const all = () => document.querySelectorAll('.chart[data-chart]').forEach(draw);
  document.addEventListener('htmx:after:swap', all);
  all();
})();
