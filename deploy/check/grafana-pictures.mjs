// Usage: node grafana-pictures.mjs PROMETHEUS RUN START END FOLDER DASHBOARD.json...
// Draws the panels of dashboards with the answers of a real Prometheus, in Debian's Chromium: FOLDER/NAME.png. It is no
// Grafana: it shows whether a panel is where it should be, has data, a legend that can be told apart and a fitting unit.
import { mkdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { prometheusOf, readDashboard } from './grafana-answers.mjs';

const [address, run, start, end, folder, ...files] = process.argv.slice(2);
const web = resolve(dirname(fileURLToPath(import.meta.url)), '../../src/Actors/Page/Web');
const ask = prometheusOf(address, run, Number(start), Number(end));
const legend = (format, labels) => format
  ? format.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, label) => labels[label] ?? '')
  : Object.entries(labels).map(([k, v]) => `${k}=${v}`).join(' ');

// Runs in the browser.
function draw({ panels, from, to }) {
  const column = 58, row = 32;
  const colours = ['#73bf69', '#f2cc0c', '#8ab8ff', '#ff9830', '#f2495c', '#b877d9', '#5794f2', '#fade2a', '#96d98d', '#ff7383'];
  const compact = v => v === 0 || (Math.abs(v) >= 0.001 && Math.abs(v) < 1e6) ? (+v.toPrecision(4)).toLocaleString('en') : v.toExponential(1);
  const scaled = (v, base, names) => {
    let i = 0;
    while (Math.abs(v) >= base && i < names.length - 1) [v, i] = [v / base, i + 1];
    return `${+v.toPrecision(3)} ${names[i]}`;
  };
  const time = s => s < 0.001 ? `${(s * 1e6).toFixed(0)} µs` : s < 1 ? `${+(s * 1000).toPrecision(3)} ms`
    : s < 120 ? `${+s.toPrecision(3)} s` : s < 7200 ? `${+(s / 60).toPrecision(3)} min` : `${+(s / 3600).toPrecision(3)} h`;
  const show = (v, unit = '') => v == null ? '–' : unit === 'percentunit' ? `${(100 * v).toFixed(1)}%` : unit === 's' ? time(v)
    : unit === 'bytes' ? scaled(v, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB']) : unit === 'Bps' ? `${scaled(v, 1000, ['B', 'kB', 'MB', 'GB'])}/s`
    : unit.startsWith('suffix:') ? compact(v) + unit.slice(7) : unit.startsWith('dateTime') ? new Date(v).toISOString().slice(11, 19) : compact(v);
  const add = (parent, tag, text = '', style = '') => {
    const e = parent.appendChild(document.createElement(tag));
    e.textContent = text;
    e.style.cssText = style;
    return e;
  };
  document.body.style.height = `${Math.max(...panels.map(p => p.gridPos.y + p.gridPos.h)) * row}px`;
  for (const { title, type, gridPos: g, unit, mappings, stacked, series } of panels) {
    const box = add(document.body, 'div', '', `left:${g.x * column}px;top:${g.y * row}px;width:${g.w * column - 6}px;height:${g.h * row - 6}px`);
    box.className = type;
    add(box, 'h3', title);
    if (type === 'row') continue;
    const width = g.w * column - 26, height = g.h * row - 46;
    if (!series.length) add(box, 'p', 'no data', 'color:#888');
    else if (type === 'stat') for (const s of series)
      add(box, 'b', mappings[s.value] ?? (mappings.named ? s.label : show(s.value, unit)), `font-size:${series.length > 1 ? 18 : 26}px`);
    else if (type === 'table') {
      const table = add(box, 'table'), names = [...new Set(series.flatMap(s => Object.keys(s.labels)))].filter(n => n !== '__name__');
      const rows = new Map();
      for (const s of series) {
        const key = JSON.stringify(names.map(n => s.labels[n] ?? ''));
        if (!rows.has(key)) rows.set(key, {});
        rows.get(key)[s.target] = s.value;
      }
      const targets = [...new Set(series.map(s => s.target))];
      const line = (cells, tag) => { const tr = add(table, 'tr'); cells.forEach(c => add(tr, tag, c)); };
      line([...names, ...targets], 'th');
      for (const [key, values] of rows) line([...JSON.parse(key), ...targets.map(t => t in values ? show(values[t], unit) : '')], 'td');
    } else if (type === 'state-timeline') series.forEach((s, i) => {
      const y = 26 + i * 20;
      add(box, 'span', s.label, `position:absolute;left:8px;top:${y}px`);
      s.points.forEach(([at, v], k) => add(box, 'i', '', `position:absolute;top:${y}px;height:14px;left:${110 + (width - 110) * (at - from) / (to - from)}px;` +
        `width:${(width - 110) * ((s.points[k + 1]?.[0] ?? to) - at) / (to - from) + 0.5}px;background:${v ? '#73bf69' : '#f2495c'}`));
    });
    else {
      const x = [...new Set(series.flatMap(s => s.points.map(p => p[0])))].sort((a, b) => a - b);
      let lines = series.map(s => { const known = new Map(s.points); return x.map(t => known.get(t) ?? null); });
      const last = lines.map(l => l.findLast(v => v != null));
      if (stacked) lines = lines.reduce((done, l) => [...done, l.map((v, i) => (v ?? 0) + (done.at(-1)?.[i] ?? 0))], []);
      const order = lines.map((_, i) => i);
      if (stacked) order.reverse();
      const axis = { stroke: '#9aa0a6', grid: { stroke: '#2c2e33' }, ticks: { stroke: '#2c2e33' }, font: '11px sans-serif' };
      const legendHeight = 18 * Math.ceil(series.length / Math.max(1, Math.floor(width / 150)));
      new uPlot({ width, height: Math.max(60, height - legendHeight), legend: { show: false },
        scales: { x: { range: [from, to] }, y: { range: (_, a, b) => a === b ? [Math.min(0, a), b || 1] : [Math.min(a, stacked ? 0 : a), b] } },
        axes: [axis, { ...axis, size: 64, values: (_, all) => all.map(v => show(v, unit)) }],
        series: [{}, ...order.map(i => ({ stroke: colours[i % 10], width: 1.2, spanGaps: false, fill: stacked ? colours[i % 10] + '99' : undefined }))] },
      [x, ...order.map(i => lines[i])], box);
      const names = add(box, 'div');
      names.className = 'names';
      series.forEach((s, i) => add(add(names, 'span', '', `--c:${colours[i % 10]}`), 'small', `${s.label} ${show(last[i], unit)}`));
    }
  }
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox',
  '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync', '--disable-dev-shm-usage'] });
mkdirSync(folder, { recursive: true });
let mistakes = 0;
for (const file of files) {
  const { panels } = readDashboard(file), filled = [];
  for (const p of panels) {
    const series = [], defaults = p.fieldConfig?.defaults ?? {};
    for (const t of p.targets ?? []) for (const s of await ask(t))
      series.push({ label: legend(t.legendFormat, s.metric), labels: s.metric, target: t.legendFormat && !t.legendFormat.includes('{{') ? t.legendFormat : t.refId,
        value: s.value ? Number(s.value[1]) : null,
        points: (s.values ?? []).map(([at, v]) => [at, v === 'NaN' ? null : Number(v)]) });
    const mappings = Object.fromEntries((defaults.mappings ?? []).flatMap(m => Object.entries(m.options ?? {}).map(([k, v]) => [k, v.text])));
    filled.push({ title: p.title, type: p.type, gridPos: p.gridPos, unit: defaults.unit,
      mappings: { ...mappings, named: p.options?.textMode === 'name' },
      stacked: ['normal', 'percent'].includes(defaults.custom?.stacking?.mode), series });
  }
  const page = await browser.newPage({ viewport: { width: 24 * 58, height: 900 } });
  page.on('pageerror', e => { mistakes++; console.log(`${basename(file)}: ${e.message}`); });
  await page.setContent(`<!doctype html><style>${readFileSync(join(web, 'uplot.css'), 'utf8')}
    body { margin: 0; background: #111217; color: #ccccdc; font: 12px system-ui, sans-serif; position: relative }
    body > div { position: absolute; box-sizing: border-box; border: 1px solid #2c2e33; background: #181b1f; padding: 4px 8px; overflow: hidden; border-radius: 3px }
    body > div.row { background: none; border: 0; padding: 4px } h3 { font-size: 12px; margin: 0 0 4px; font-weight: 500 }
    .row h3 { font-size: 14px } b { display: block; color: #73bf69; font-weight: 500; margin-top: 8px }
    table { border-collapse: collapse; font-size: 11px } th, td { text-align: left; padding: 1px 10px 1px 0; white-space: nowrap }
    .names span::before { content: ""; display: inline-block; width: 12px; height: 3px; background: var(--c); margin: 0 4px 3px 0 }
    .names span { margin-right: 12px; white-space: nowrap; display: inline-block }</style><body></body>`);
  await page.addScriptTag({ path: join(web, 'uplot.js') });
  await page.evaluate(draw, { panels: filled, from: Number(start), to: Number(end) });
  const picture = join(folder, `dashboard-${basename(file, '.json')}.png`);
  await page.screenshot({ path: picture, fullPage: true });
  console.log(`${picture}: ${filled.filter(p => p.type !== 'row').length} panels, ${filled.reduce((n, p) => n + p.series.length, 0)} series`);
  await page.close();
}
await browser.close();
process.exit(mistakes ? 1 : 0);
