'use strict';
// The page of a run. The server says what is known (api/run, api/curves, api/evaluations) and tells what is new
// (api/events); this script only shows it. All text of the run is set with textContent, so that it stays text.

const byId = id => document.getElementById(id);
const parts = [['loss', 'total'], ['loss_ar', 'AR'], ['loss_mim', 'masked attention'],
  ['loss_contrast_step', 'step'], ['loss_contrast_view', 'view']];
const charts = new Map(); // the chart in each element
let run, curves, evaluations = [], position, weightsShown = 'student', answered = 0, curvesAt = 0;
let clockAhead = 0; // seconds by which the server's clock is ahead of the browser's
// How numbers and times are written.
const whole = n => Math.round(n).toLocaleString('en');
const short = n => n == null ? '–' : n !== 0 && Math.abs(n) < 0.001 ? n.toExponential(1) : String(+n.toPrecision(4));
const percent = x => `${(100 * x).toFixed(1)} %`;
const browserNow = () => Date.now() / 1000;
const now = () => browserNow() + clockAhead;
const hostsOf = g => g.hosting ?? { 'this process': 'all' };
const colourOf = weights => colour(weights === 'student' ? '--c0' : '--c1');
const heightOf = id => id === 'loss' && innerWidth > 760 ? 350 : 240;
const some = (e, test) => Object.values(e.weights).some(test);
const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function duration(seconds) {
  const s = Math.max(0, seconds), m = Math.round(s / 60), h = Math.floor(m / 60);
  if (s < 90) return `${s.toFixed(s < 9.95 ? 1 : 0)} s`;
  return m < 90 ? `${m} min` : h < 48 ? `${h} h ${m % 60} min` : `${Math.floor(h / 24)} d ${h % 24} h`;
}
const clock = (at, withDay) => new Date(at * 1000).toLocaleString('en-GB',
  { ...(withDay ? { day: 'numeric', month: 'short' } : {}), hour: '2-digit', minute: '2-digit', second: '2-digit' });
function make(tag, text, attributes = {}, space = 'http://www.w3.org/1999/xhtml') {
  const element = document.createElementNS(space, tag);
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

// The first line: its colour and its text.
function sentence() {
  if (!run) return ['wait', 'Reading the run…'];
  const { state, step, steps, stepAt, pace } = run, of = `Step ${whole(step)} of ${whole(steps)}`;
  const last = run.checkpoints.at(-1), phase = (run.phase ?? 'no line yet').replaceAll('_', ' ');
  const late = now() - (stepAt ?? run.since ?? now()) > run.patience;
  const [light, begin] =
    state === 'ended' ? ['over', (step >= steps ? `All ${whole(steps)} steps are made` : of) + ', the run has ended']
    : state === 'finishing' ? ['good', `${of}, waiting for the last checkpoint and evaluation`]
    : state === 'training' ? late ? ['bad', `${of}, no steps`] : ['good', of + (pace ? `, ${duration((steps - step) / pace)} left` : '')]
    : [late ? 'bad' : 'warn', state === 'recovering' ? `${of}, recovering (${phase})` : `No step yet (${phase})`];
  const silent = browserNow() - answered, rest = [];
  if (silent > 15) return ['bad', `No answer from the server for ${duration(silent)}; last known: ${begin}.`];
  if (stepAt != null && state !== 'ended') rest.push(`last step ${duration(now() - stepAt)} ago`);
  if (last) rest.push(`last checkpoint ${state === 'ended' ? `at step ${whole(last.step)}` : `${duration(now() - last.at)} ago`}`);
  if (run.goodput != null) rest.push(`goodput ${percent(run.goodput)}`);
  if (run.behind) rest.push('the event log is still being read');
  return [light, `${[begin, ...rest].join('; ')}.`];
}
function say() {
  [byId('now').dataset.state, byId('now').textContent] = sentence();
  if (run) byId('done').style.width = `${Math.min(100, 100 * run.step / Math.max(1, run.steps))}%`;
}
const wholeTicks = [0, 1, 2, 3, 4, 5, 6].flatMap(e => [1, 2, 5].map(n => n * 10 ** e));

// Draws lines {label, value, values, colour, dash, width, alpha, points} over x, and their legend.
function draw(id, x, lines, xLabel, options = {}) {
  const at = byId(id), legend = byId(`${id}-legend`);
  charts.get(id)?.destroy();
  charts.delete(id);
  at.classList.toggle('empty', !x.length);
  legend.replaceChildren(...lines.filter(l => l.label && x.length).map(l => legendItem(l.label, l.value, l)));
  at.textContent = x.length ? '' : options.none;
  if (!x.length) return;
  const lined = { stroke: colour('--line'), width: 1 }, font = '12px system-ui, sans-serif';
  const axis = { stroke: colour('--soft'), grid: lined, ticks: lined, font };
  charts.set(id, new uPlot({
    width: at.clientWidth, height: heightOf(id), legend: { show: false },
    cursor: { drag: { setScale: false }, points: { show: false } },
    scales: { x: { time: false, range: (_, low, high) => low === high ? [low - 1, high + 1] : [low, high] }, y: { range: options.range } },
    axes: [{ ...axis, label: xLabel, labelSize: 20, labelFont: font, size: 32, incrs: wholeTicks,
      values: (_, v) => v.map(whole) },
      { ...axis, size: 60, values: (_, v) => v.map(options.format ?? short) }],
    series: [{}, ...lines.map(l => ({ stroke: l.colour, width: l.width ?? 2, dash: l.dash, alpha: l.alpha ?? 1, spanGaps: true,
      points: { show: l.points ?? false, size: 6, fill: colour('--card') } }))],
    hooks: { drawClear: [u => options.under?.(u)] },
  }, [x, ...lines.map(l => l.values)], at));
}
function legendItem(label, value, line) {
  const item = make('li'), mark = line ? item.appendChild(make('i', '', { class: line.dash ? 'dashed' : '' })) : null;
  if (mark) [mark.style.borderColor, mark.style.opacity] = [line.colour, line.alpha ?? 1];
  item.append(`${label} `, make('b', value));
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
  const smooth = shown.map(([name, label], i) => {
    const values = smoothed(x, curves.series[name]);
    return { values, colour: colour(`--c${i}`), label, value: short(values.at(-1)) };
  });
  const raw = shown.map(([name], i) => ({ ...smooth[i], values: curves.series[name], label: null, width: 1, alpha: 0.28 }));
  draw('loss', x, [...raw, ...smooth], 'step', { none: 'No step yet.', under: marks });
  for (const [name, label] of [['grad_norm', 'gradient norm'], ['learning_rate', 'learning rate']]) {
    const value = curves.series[name]?.findLast(v => v != null);
    if (value != null) byId('loss-legend').append(legendItem(label, short(value)));
  }
}

// Marks the steps at which generations began.
function marks(u) {
  const { left, top, width, height } = u.bbox, pen = u.ctx, px = devicePixelRatio;
  let free = left;
  pen.save();
  Object.assign(pen, { strokeStyle: colour('--soft'), fillStyle: colour('--soft'), font: `${11 * px}px system-ui, sans-serif` });
  pen.setLineDash([4 * px, 4 * px]);
  for (const g of run.generations.slice(1)) {
    const at = u.valToPos(g.step, 'x', true);
    if (at < left || at > left + width) continue;
    pen.stroke(new Path2D(`M${at} ${top}v${height}`));
    if (at < free || at > left + width - 26 * px) continue;
    pen.fillText(`g${g.number}`, at + 3 * px, top + 10 * px);
    free = at + 34 * px;
  }
  pen.restore();
}
// A dotted line to compare with.
const level = (label, x, at, value) => ({ label, value, values: x.map(() => at), colour: colour('--soft'), dash: [2, 4], width: 1.5 });

function drawScores() {
  const probed = evaluations.filter(e => some(e, w => w.probe.length)), chance = probed.at(-1)?.chance;
  const positions = probed.flatMap(e => Object.values(e.weights).flatMap(w => w.probe.map(p => p[0])));
  const x = [...new Set(positions)].sort((a, b) => a - b);
  const lines = probed.flatMap((e, i) => Object.keys(e.weights).sort().map(name => {
    const known = new Map(e.weights[name].probe), age = probed.length - 1 - i;
    return { label: `${name}, step ${whole(e.step)}`, values: x.map(p => known.get(p) ?? null), colour: colourOf(name),
      dash: [undefined, [8, 5], [5, 5]][age], alpha: [1, 0.65, 0.35][age], points: age === 0 };
  }));
  if (chance) lines.push(level('chance', x, chance, percent(chance)));
  draw('probe', x, lines, 'tokens seen', { none: 'No evaluation with a probe yet.', format: v => `${+(100 * v).toFixed(1)} %` });

  const network = Object.values(evaluations.at(-1)?.weights ?? {})[0]?.network;
  const scored = evaluations.filter(e => some(e, w => w.distance != null && w.network === network));
  const steps = scored.map(e => e.step), best = scored.at(-1)?.reconstruction;
  const distances = [...new Set(scored.flatMap(e => Object.keys(e.weights)))].sort().map(name => {
    const values = scored.map(e => e.weights[name]?.distance ?? null);
    return { label: name, values, value: short(values.at(-1)), colour: colourOf(name), points: true };
  });
  if (best != null) distances.push(level('data through the tokenizer', steps, best, short(best)));
  draw('distance', steps, distances, 'step', { none: 'No evaluation with samples yet.', range: (_, low, high) => [0, high * 1.08 || 1] });
}

function drawGrid() {
  const shown = evaluations.filter(e => some(e, w => w.picture)), slider = byId('when');
  byId('grid').hidden = byId('choice').hidden = !(byId('no-grid').hidden = shown.length > 0);
  if (!shown.length) return;
  const follows = slider.value === slider.max;
  slider.max = shown.length - 1;
  if (follows) slider.value = slider.max;
  const e = shown[slider.value], names = Object.keys(e.weights).filter(n => e.weights[n].picture).sort();
  const name = names.includes(weightsShown) ? weightsShown : names[0], score = e.weights[name].distance;
  byId('grid').src = `samples/${e.weights[name].picture}`;
  byId('at').textContent = `after step ${whole(e.step)}, ${name} weights` + (score == null ? '' : `, distance ${short(score)}`);
  byId('weights').replaceChildren(...names.map(n => {
    const button = make('button', n, { type: 'button', 'aria-pressed': n === name });
    button.onclick = () => { weightsShown = n; drawGrid(); };
    return button;
  }));
}

function drawLanes() {
  const svg = byId('lanes'), spans = run.generations, row = 30, most = 40;
  const all = [...new Set(spans.flatMap(g => Object.keys(hostsOf(g))))].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const names = all.slice(0, most), bottom = names.length * row;
  const left = Math.min(130, svg.clientWidth / 4), width = svg.clientWidth - left;
  svg.replaceChildren();
  svg.setAttribute('height', bottom + (spans.length ? 38 : 20));
  const add = (tag, attributes, text, tip) => {
    const e = svg.appendChild(make(tag, text, attributes, svg.namespaceURI));
    if (tip) e.append(make('title', tip, {}, svg.namespaceURI));
  };
  if (!spans.length) return add('text', { y: 14, class: 'soft' }, 'No generation has made steps yet.');
  const from = spans[0].at, to = Math.max(from + 1, run.state === 'ended' ? spans.at(-1).until ?? run.stepAt ?? from : now());
  const x = t => left + width * (t - from) / (to - from);
  names.forEach((name, i) => {
    add('text', { x: 0, y: i * row + 19 }, name.length > 18 ? `${name.slice(0, 17)}…` : name, name);
    add('rect', { x: left, y: i * row + 4, width, height: row - 8, rx: 4, class: 'lane' });
    for (const g of spans) {
      const replicas = hostsOf(g)[name], end = g.until ?? to;
      if (!replicas) continue;
      const size = Math.max(1.5, x(end) - x(g.at) - 1), label = replicas === 'all' ? 'all replicas' : `replicas ${replicas}`;
      const bar = { x: x(g.at), y: i * row + 4, width: size, height: row - 8, rx: Math.min(4, size / 2) };
      add('rect', { ...bar, fill: colour(`--c${i % 6}`), class: 'bar' }, undefined,
        `${name}, generation ${g.number}: ${label}, ${clock(g.at)} to ${g.until ? clock(end) : 'now'}`);
      if (size > label.length * 7 + 12) add('text', { x: x(g.at) + 8, y: i * row + 19, class: 'inside' }, label);
    }
  });
  for (const f of run.faults.filter(f => f.at >= from && f.at <= to))
    add('text', { x: x(f.at), y: bottom + 13, class: 'fault middle' }, '▲', `${clock(f.at)} ${f.text}`);
  add('text', { x: left, y: bottom + 32, class: 'soft' }, clock(from, true));
  add('text', { x: left + width, y: bottom + 32, class: 'soft end' }, run.state === 'ended' ? clock(to, true) : 'now');
  if (all.length > most) add('text', { x: 0, y: bottom + 13, class: 'soft' }, `${all.length - most} more: table`);
}

function drawRun() {
  document.title = `${byId('name').textContent = run.name}: Starling`;
  byId('what').textContent = `${run.model}; ${run.data}`;
  say();
  drawLanes();
  const newest = list => list.slice(-8).reverse();
  fillTable(byId('checkpoints'), ['step', 'committed'],
    newest(run.checkpoints).map(c => [whole(c.step), `${clock(c.at, true)}, ${duration(now() - c.at)} ago`]), 'No checkpoint yet.');
  fillTable(byId('faults'), ['time', 'step', 'what happened'],
    newest(run.faults).map(f => [clock(f.at, true), whole(f.step), f.text]), 'None.');
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

// Makes a function that loads something and shows it. Calls meanwhile lead to one more load, and so does a failure.
function loader(path, show) {
  let busy = false, again = false;
  return async () => {
    for (again = true; again && !busy;) {
      [busy, again] = [true, false];
      const content = await fetch(path).then(answer => answer.ok ? answer.json() : null).catch(() => null);
      if (!content) await new Promise(done => setTimeout(done, 2000));
      [busy, again] = [false, again || !content];
      if (content) { answered = browserNow(); show(content); }
    }
  };
}
const loadRun = loader('api/run', answer => {
  [run, clockAhead] = [answer, answer.now - browserNow()];
  drawRun();
  if (run.behind) setTimeout(loadAll, 1000);
});
const loadCurves = loader('api/curves?points=600', answer => { [curves, curvesAt] = [answer, browserNow()]; if (run) drawLoss(); });
const loadEvaluations = loader('api/evaluations', answer => { evaluations = answer; drawScores(); drawGrid(); });
const loadAll = () => Promise.all([loadRun(), loadCurves(), loadEvaluations()]);
function onStep(step) {
  if (position > run.offset) [run.step, run.stepAt] = [step.step, Date.parse(step.time) / 1000];
  if (browserNow() - curvesAt > 3 && !document.hidden) loadCurves();
}
function listen() {
  const source = new EventSource(`api/events?from=${position ?? run.offset}`);
  const hear = (name, then) => source.addEventListener(name, e => {
    document.body.dataset.position = position = Number(e.lastEventId);
    answered = browserNow();
    then(JSON.parse(e.data));
  });
  hear('step', onStep);
  hear('line', line => {
    loadRun();
    if (line.event.startsWith('evaluation')) loadEvaluations();
    if (line.event === 'generation') loadCurves();
  });
  hear('reset', loadAll);
  source.onopen = () => loadRun();
  source.onerror = () => { if (source.readyState === EventSource.CLOSED) setTimeout(listen, 5000); };
}

byId('when').oninput = drawGrid;
matchMedia('(prefers-color-scheme: dark)').onchange = () => { drawLoss(); drawScores(); drawLanes(); };
new ResizeObserver(() => {
  for (const [id, chart] of charts) chart.setSize({ width: byId(id).clientWidth, height: heightOf(id) });
  if (run) drawLanes();
}).observe(document.querySelector('main'));
setInterval(say, 500);
setInterval(() => { if (!document.hidden) loadRun(); }, 5000);
loadAll().then(() => { document.body.dataset.ready = 'yes'; listen(); });
