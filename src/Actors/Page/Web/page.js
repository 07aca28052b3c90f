'use strict';
// The page of a run. The server says what is known (api/run, api/curves, api/evaluations) and tells what is new
// (api/events); this script only shows it. All text of the run is set with textContent, so that it stays text.

const byId = id => document.getElementById(id);
const parts = [['loss', 'total'], ['loss_ar', 'AR'], ['loss_mim', 'masked attention'],
  ['loss_contrast_step', 'step'], ['loss_contrast_view', 'view']];
const charts = new Map(); // the chart in each element
let run, curves, evaluations = [];
let clockAhead = 0; // seconds by which the server's clock is ahead of the browser's
let answered = 0, position, weightsShown = 'student';

const whole = n => Math.round(n).toLocaleString('en');
const short = n => n == null ? '–' : n !== 0 && Math.abs(n) < 0.001 ? n.toExponential(1) : String(+n.toPrecision(4));
const percent = x => `${(100 * x).toFixed(1)} %`;
const browserNow = () => Date.now() / 1000;
const now = () => browserNow() + clockAhead;
const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function duration(seconds) {
  const s = Math.max(0, seconds), m = Math.round(s / 60), h = Math.floor(m / 60);
  if (s < 9.95) return `${s.toFixed(1)} s`;
  if (s < 90) return `${Math.round(s)} s`;
  if (m < 90) return `${m} min`;
  return h < 48 ? `${h} h ${m % 60} min` : `${Math.floor(h / 24)} d ${h % 24} h`;
}

function clock(at, withDay) {
  const time = { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false };
  return new Date(at * 1000).toLocaleString('en-GB', withDay ? { day: 'numeric', month: 'short', ...time } : time);
}

function make(tag, text, attributes = {}) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  for (const name in attributes) element.setAttribute(name, attributes[name]);
  return element;
}

function fillTable(table, head, rows, none) {
  const lines = rows.length ? [head, ...rows] : [[none]];
  table.replaceChildren(...lines.map((cells, i) => {
    const row = make('tr'), tag = i || !rows.length ? 'td' : 'th';
    row.append(...cells.map((cell, k) => make(tag, cell, k < cells.length - 1 ? { class: 'short' } : {})));
    return row;
  }));
}

// The table behind a chart is made when somebody opens it.
function tableBehind(id, head, rows) {
  const details = byId(id), box = details.appendChild(make('div')), table = box.appendChild(make('table'));
  details.ontoggle = details.fill = () => { if (details.open && run) fillTable(table, head, rows(), 'Nothing yet.'); };
}

function sentence() {
  if (!run) return ['wait', 'Reading the run…'];
  const age = run.stepAt == null ? null : now() - run.stepAt, last = run.checkpoints.at(-1);
  const of = `Step ${whole(run.step)} of ${whole(run.steps)}`;
  const tail = [];
  if (age != null && run.state !== 'ended') tail.push(`last step ${duration(age)} ago`);
  if (last) tail.push(run.state === 'ended' ? `last checkpoint at step ${whole(last.step)}` : `last checkpoint ${duration(now() - last.at)} ago`);
  if (run.goodput != null) tail.push(`goodput ${percent(run.goodput)}`);
  const left = run.pace ? `, ${duration((run.steps - run.step) / run.pace)} left` : '';
  const phase = (run.phase ?? 'no line yet').replaceAll('_', ' ');
  const late = (age ?? now() - (run.since ?? now())) > run.patience;
  const [state, begin] =
    run.state === 'ended' ? ['over', run.step >= run.steps ? `All ${whole(run.steps)} steps are made, the run has ended` : `${of}, the run has ended`]
    : run.state === 'finishing' ? ['good', `${of}, waiting for the last checkpoint and evaluation`]
    : run.state === 'training' ? [late ? 'bad' : 'good', of + (late ? ', no steps' : left)]
    : run.state === 'recovering' ? [late ? 'bad' : 'warn', `${of}, recovering (${phase})`]
    : [late ? 'bad' : 'warn', `No step yet (${phase})`];
  const silent = browserNow() - answered;
  if (silent > 15) return ['bad', `No answer from the server for ${duration(silent)}. Last known: ${begin.toLowerCase()}.`];
  return [state, [begin, ...tail].join('; ') + (run.behind ? '; the event log is still being read.' : '.')];
}

function say() {
  const [state, text] = sentence(), line = byId('now');
  if (line.textContent !== text) line.textContent = text;
  line.dataset.state = state;
  if (run) byId('done').style.width = `${Math.min(100, 100 * run.step / Math.max(1, run.steps))}%`;
}

// Draws lines {label, values, colour, dash, width, alpha, value, hidden} over x into an element with a legend.
function draw(id, x, lines, xLabel, options = {}) {
  const at = byId(id), legend = byId(`${id}-legend`);
  charts.get(id)?.destroy();
  charts.delete(id);
  at.classList.toggle('empty', !x.length);
  legend.replaceChildren(...(x.length ? lines.filter(l => l.label).map(l => legendItem(l.label, l.value, l)) : []));
  if (!x.length) { at.textContent = options.none; return; }
  at.textContent = '';
  const lined = { stroke: colour('--line'), width: 1 }, font = '12px system-ui, sans-serif';
  const axis = { stroke: colour('--soft'), grid: lined, ticks: lined, font };
  charts.set(id, new uPlot({
    width: at.clientWidth, height: 240, legend: { show: false }, cursor: { drag: { setScale: false }, points: { show: false } },
    scales: { x: { time: false, range: (_, low, high) => low === high ? [low - 1, high + 1] : [low, high] }, y: { range: options.range } },
    axes: [{ ...axis, label: xLabel, labelSize: 20, labelFont: font, size: 32, values: (_, v) => v.map(n => Number.isInteger(n) ? whole(n) : '') },
      { ...axis, size: 52, values: (_, v) => v.map(options.format ?? short) }],
    series: [{}, ...lines.map(l => ({ stroke: l.colour, width: l.width ?? 2, dash: l.dash, alpha: l.alpha ?? 1, spanGaps: true,
      points: { show: l.points ?? false, size: 6, fill: colour('--card') } }))],
    hooks: { drawClear: [u => options.under?.(u)] },
  }, [x, ...lines.map(l => l.values)], at));
}

function legendItem(label, value, line) {
  const item = make('li'), mark = make('i', '', { class: !line?.dash ? '' : line.dash[0] < 4 ? 'dotted' : 'dashed' });
  if (line) [mark.style.borderColor, mark.style.opacity] = [line.colour, line.alpha ?? 1];
  item.append(...(line ? [mark] : []), `${label} `, make('b', value));
  return item;
}

// A mean that forgets: what lies a fortieth of the curve behind counts a third.
function smoothed(x, y) {
  const span = (x.at(-1) - x[0]) / 40 || 1;
  let sum = 0, weight = 0, last = x[0];
  return y.map((value, i) => {
    if (value == null) return weight ? sum / weight : null;
    const keep = Math.exp((last - x[i]) / span);
    [sum, weight, last] = [sum * keep + value, weight * keep + 1, x[i]];
    return sum / weight;
  });
}

function drawLoss() {
  const x = curves.steps, shown = parts.filter(([name]) => curves.series[name]);
  const raw = [], smooth = [];
  shown.forEach(([name, label]) => {
    const values = curves.series[name], stroke = colour(`--c${parts.findIndex(p => p[0] === name)}`), mean = smoothed(x, values);
    raw.push({ values, colour: stroke, width: 1, alpha: 0.28 });
    smooth.push({ values: mean, colour: stroke, label, value: short(mean.at(-1)) });
  });
  draw('loss', x, [...raw, ...smooth], 'step', { none: 'No step yet.', under: u => marks(u) });
  if (!x.length) return;
  for (const [name, label] of [['grad_norm', 'gradient norm'], ['learning_rate', 'learning rate']]) {
    const value = curves.series[name]?.findLast(v => v != null);
    if (value != null) byId('loss-legend').append(legendItem(label, short(value)));
  }
}

function marks(u) {
  const { left, top, width, height } = u.bbox, pen = u.ctx;
  pen.save();
  pen.strokeStyle = pen.fillStyle = colour('--soft');
  pen.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
  pen.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
  let free = -Infinity;
  for (const g of run.generations.slice(1)) {
    const at = u.valToPos(g.step, 'x', true);
    if (at < left || at > left + width) continue;
    pen.stroke(new Path2D(`M${at} ${top}v${height}`));
    if (at < free) continue;
    pen.fillText(`g${g.number}`, at + 3 * devicePixelRatio, top + 10 * devicePixelRatio);
    free = at + 34 * devicePixelRatio;
  }
  pen.restore();
}

function drawScores() {
  const probed = evaluations.filter(e => Object.values(e.weights).some(w => w.probe.length)), newest = probed.at(-1);
  const x = [...new Set(probed.flatMap(e => Object.values(e.weights).flatMap(w => w.probe.map(p => p[0]))))].sort((a, b) => a - b);
  const lines = probed.flatMap((e, i) => Object.keys(e.weights).sort().map(name => {
    const known = new Map(e.weights[name].probe), age = probed.length - 1 - i;
    return { label: `${name}, step ${whole(e.step)}`, values: x.map(p => known.get(p) ?? null), colour: colour(name === 'student' ? '--c0' : '--c1'),
      dash: [undefined, [8, 5], [5, 5]][age], alpha: [1, 0.65, 0.35][age], points: age === 0 };
  }));
  if (newest?.chance != null) lines.push({ label: 'chance', values: x.map(() => newest.chance), colour: colour('--soft'), dash: [2, 4], width: 1.5 });
  draw('probe', x, lines, 'tokens seen', { none: 'No evaluation with a probe yet.', format: v => `${+(100 * v).toFixed(1)} %` });

  const network = Object.values(evaluations.at(-1)?.weights ?? {})[0]?.network;
  const scored = evaluations.filter(e => Object.values(e.weights).some(w => w.distance != null && w.network === network));
  const names = [...new Set(scored.flatMap(e => Object.keys(e.weights)))].sort(), best = scored.at(-1)?.reconstruction;
  const distances = names.map(name => {
    const values = scored.map(e => e.weights[name]?.distance ?? null);
    return { label: name, values, value: short(values.at(-1)), colour: colour(name === 'student' ? '--c0' : '--c1'), points: true };
  });
  if (best != null) distances.push({ label: 'data through the tokenizer', values: scored.map(() => best), value: short(best), colour: colour('--soft'), dash: [2, 4], width: 1.5 });
  draw('distance', scored.map(e => e.step), distances, 'step', { none: 'No evaluation with samples yet.', range: (_, low, high) => [0, (high || 1) * 1.08] });
}

function drawGrid() {
  const shown = evaluations.filter(e => Object.values(e.weights).some(w => w.picture)), slider = byId('when');
  byId('grid').hidden = byId('choice').hidden = !shown.length;
  byId('no-grid').hidden = shown.length > 0;
  if (!shown.length) return;
  const follows = slider.value === slider.max;
  slider.max = shown.length - 1;
  if (follows) slider.value = slider.max;
  const e = shown[slider.value], names = Object.keys(e.weights).filter(n => e.weights[n].picture).sort();
  const name = names.includes(weightsShown) ? weightsShown : names[0];
  const path = `samples/${e.weights[name].picture}`, score = e.weights[name].distance;
  if (byId('grid').getAttribute('src') !== path) byId('grid').setAttribute('src', path);
  byId('at').textContent = `after step ${whole(e.step)}, ${name} weights` + (score == null ? '' : `, distance ${short(score)}`);
  byId('weights').replaceChildren(...names.map(n => {
    const button = make('button', n, { type: 'button', 'aria-pressed': n === name });
    button.onclick = () => { weightsShown = n; drawGrid(); };
    return button;
  }));
}

const hostsOf = g => g.hosting ?? { 'this process': 'all' };

function drawLanes() {
  const svg = byId('lanes'), spans = run.generations, row = 30, most = 40;
  const all = [...new Set(spans.flatMap(g => Object.keys(hostsOf(g))))].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const names = all.slice(0, most), left = Math.min(130, svg.clientWidth / 4), width = svg.clientWidth - left, bottom = names.length * row;
  svg.replaceChildren();
  svg.setAttribute('height', bottom + (spans.length ? 38 : 20));
  const add = (tag, attributes, text, tip) => {
    const e = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const name in attributes) e.setAttribute(name, attributes[name]);
    if (text !== undefined) e.textContent = text;
    if (tip) e.append(Object.assign(document.createElementNS('http://www.w3.org/2000/svg', 'title'), { textContent: tip }));
    svg.append(e);
  };
  if (!spans.length) return add('text', { y: 14, class: 'soft' }, 'No generation has made steps yet.');
  const from = spans[0].at, to = Math.max(from + 1, run.state === 'ended' ? spans.at(-1).until ?? run.stepAt ?? from : now());
  const x = t => left + width * (t - from) / (to - from);
  names.forEach((name, i) => {
    add('text', { x: 0, y: i * row + 19 }, name.length > 18 ? `${name.slice(0, 17)}…` : name, name);
    add('rect', { x: left, y: i * row + 4, width, height: row - 8, rx: 4, class: 'lane' });
    for (const g of spans) {
      const replicas = hostsOf(g)[name], end = g.until ?? to;
      if (replicas === undefined || replicas === '') continue;
      const size = Math.max(1.5, x(end) - x(g.at) - 1), label = replicas === 'all' ? 'all replicas' : `replicas ${replicas}`;
      add('rect', { x: x(g.at), y: i * row + 4, width: size, height: row - 8, rx: Math.min(4, size / 2), fill: colour(`--c${i % 6}`) }, undefined,
        `${name}, generation ${g.number}: ${label}, ${clock(g.at)} to ${g.until ? clock(end) : 'now'}`);
      if (size > label.length * 7 + 12) add('text', { x: x(g.at) + 8, y: i * row + 19, class: 'inside' }, label);
    }
  });
  for (const f of run.faults.filter(f => f.at >= from && f.at <= to))
    add('text', { x: x(f.at), y: bottom + 13, 'text-anchor': 'middle', class: 'fault' }, '▲', `${clock(f.at)} ${f.text}`);
  const long = to - from > 86400;
  add('text', { x: left, y: bottom + 32, class: 'soft' }, clock(from, long));
  add('text', { x: left + width, y: bottom + 32, 'text-anchor': 'end', class: 'soft' }, run.state === 'ended' ? clock(to, long) : 'now');
  if (all.length > most) add('text', { x: left + width / 2, y: bottom + 32, 'text-anchor': 'middle', class: 'soft' }, `and ${all.length - most} more, in the table`);
}

function drawRun() {
  document.title = `${run.name}: Starling`;
  byId('name').textContent = run.name;
  byId('what').textContent = `${run.model}; ${run.data}`;
  say();
  drawLanes();
  fillTable(byId('checkpoints'), ['step', 'committed'], run.checkpoints.slice(-8).reverse().map(c => [whole(c.step), `${clock(c.at, true)}, ${duration(now() - c.at)} ago`]), 'No checkpoint yet.');
  fillTable(byId('faults'), ['time', 'step', 'what happened'], run.faults.slice(-8).reverse().map(f => [clock(f.at), whole(f.step), f.text]), 'None.');
  for (const details of document.querySelectorAll('details')) details.fill?.();
}

const scores = () => evaluations.flatMap(e => Object.entries(e.weights).map(([name, w]) => [e.step, name, w])).reverse();
tableBehind('loss-table', ['step', ...parts.map(p => p[1])],
  () => curves.steps.map((s, i) => [whole(s), ...parts.map(([n]) => short(curves.series[n]?.[i]))]).reverse());
tableBehind('probe-table', ['step', 'weights', 'accuracy by tokens seen'], () => scores().filter(([, , w]) => w.probe.length)
  .map(([step, name, w]) => [whole(step), name, w.probe.map(([at, a]) => `${at}: ${percent(a)}`).join(', ')]));
tableBehind('distance-table', ['step', 'weights', 'distance', 'held-out loss', 'network'],
  () => scores().map(([step, name, w]) => [whole(step), name, short(w.distance), short(w.heldOutLoss), w.network]));
tableBehind('lanes-table', ['generation', 'from', 'to', 'first step', 'replicas'], () => run.generations.map(g => [String(g.number),
  clock(g.at, true), g.until ? clock(g.until, true) : 'now', whole(g.step),
  Object.entries(hostsOf(g)).map(([name, replicas]) => `${name}: ${replicas}`).join('; ')]).reverse());

async function get(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  answered = browserNow();
  return answer.json();
}

// Makes a function that loads and shows something; calls meanwhile lead to one more load.
function loader(load) {
  let busy = false, again = false;
  return async () => {
    again = true;
    if (busy) return;
    for (busy = true; again;) {
      again = false;
      try { await load(); } catch { await new Promise(done => setTimeout(done, 2000)); }
    }
    busy = false;
  };
}

const loadRun = loader(async () => {
  const known = run;
  run = await get('api/run');
  clockAhead = run.now - browserNow();
  drawRun();
  if (curves && known?.generations.length !== run.generations.length) drawLoss();
  if (run.behind) setTimeout(loadAll, 1000);
});
const loadCurves = loader(async () => { curves = await get('api/curves?points=600'); if (run) drawLoss(); });
const loadEvaluations = loader(async () => { evaluations = await get('api/evaluations'); drawScores(); drawGrid(); });
const loadAll = () => Promise.all([loadRun(), loadCurves(), loadEvaluations()]);

let drawn = 0;
function onStep(step, at) {
  if (position > run.offset) [run.step, run.stepAt] = [step.step, at];
  if (curves && step.loss !== undefined && !(step.step <= curves.steps.at(-1))) {
    curves.steps.push(step.step);
    for (const name of new Set([...Object.keys(curves.series), ...parts.map(p => p[0])])) {
      const value = typeof step[name] === 'number' ? step[name] : null;
      (curves.series[name] ??= curves.steps.slice(1).map(() => null)).push(value);
    }
    if (curves.steps.length > 900) loadCurves();
    else if (browserNow() - drawn > 0.9) { drawn = browserNow(); drawLoss(); }
  }
  say();
}

function listen() {
  const source = new EventSource(`api/events?from=${position ?? run.offset}`);
  const hear = (name, then) => source.addEventListener(name, e => {
    [position, answered] = [Number(e.lastEventId), browserNow()];
    document.body.dataset.position = position;
    then(JSON.parse(e.data));
  });
  hear('step', s => onStep(s, Date.parse(s.time) / 1000));
  hear('line', line => {
    loadRun();
    if (line.event.startsWith('evaluation')) loadEvaluations();
  });
  hear('reset', loadAll);
  source.onopen = () => loadRun();
  source.onerror = () => { if (source.readyState === EventSource.CLOSED) setTimeout(listen, 5000); };
}

byId('when').oninput = drawGrid;
matchMedia('(prefers-color-scheme: dark)').onchange = () => { drawLoss(); drawScores(); drawLanes(); };
new ResizeObserver(() => {
  for (const [id, chart] of charts) chart.setSize({ width: byId(id).clientWidth, height: 240 });
  if (run) drawLanes();
}).observe(document.querySelector('main'));
setInterval(say, 500);
setInterval(() => { if (!document.hidden) loadRun(); }, 5000);
loadAll().then(() => {
  document.body.dataset.ready = 'yes';
  listen();
});
