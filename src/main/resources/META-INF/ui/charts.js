// A chart of rates by uPlot. Its script comes with the page, but nothing waits for it before a chart is shown.
import { html, useEffect, useRef } from './html.js';
import { rate } from './format.js';

function load() {
  return globalThis.uPlot ? Promise.resolve(globalThis.uPlot) : new Promise((resolve) => {
    document.getElementById('uplot').addEventListener('load', () => resolve(globalThis.uPlot), { once: true });
  });
}

const HOUR = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function options(width, names) {
  const axis = { stroke: colour('--quiet'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false }, font: '11px system-ui' };
  return {
    width, height: 190,
    cursor: { y: false },
    legend: { live: true },
    scales: { y: { range: (chart, min, max) => [0, Math.max(1, max * 1.1)] } },
    axes: [{ ...axis, values: (chart, ticks) => ticks.map((tick) => HOUR.format(1000 * tick)) }, { ...axis, size: 54, values: (chart, ticks) => ticks.map((tick) => rate(tick)) }],
    series: [{ value: (chart, time) => (time === null ? '–' : HOUR.format(1000 * time)) }, ...names.map(([name, variable, dash]) => ({
      label: name, stroke: colour(variable), width: 2, dash, points: { show: false },
      value: (chart, value) => (value === null ? '–' : rate(value) + ' /s'),
    }))],
  };
}

/** `data` is [seconds, series…]; `names` is [label, variable of its colour, dash] of each series. */
export function Chart({ data, names, label }) {
  const element = useRef(null);
  const chart = useRef(null);
  const newest = useRef(data);
  newest.current = data;
  useEffect(() => {
    let isGone = false;
    const draw = async () => {
      const UPlot = await load();
      if (isGone) {
        return;
      }
      chart.current?.destroy();
      chart.current = new UPlot(options(element.current.clientWidth, names), newest.current, element.current);
    };
    draw();
    const size = new ResizeObserver(() => chart.current?.setSize({ width: element.current.clientWidth, height: 190 }));
    size.observe(element.current);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    return () => {
      isGone = true;
      size.disconnect();
      scheme.removeEventListener('change', draw);
      chart.current?.destroy();
      chart.current = null;
    };
  }, []);
  useEffect(() => chart.current?.setData(data), [data]);
  return html`<div class="chart" ref=${element} role="img" aria-label=${label}></div>`;
}
