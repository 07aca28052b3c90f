// Usage: node grafana-queries.mjs PROMETHEUS RUN START END DASHBOARD.json...
// Asks a real Prometheus for each query of dashboards, as Grafana would: START and END are Unix times in seconds. An
// error is a mistake. So is a panel without data, unless its description says "(empty while …)", and a panel with more
// series than a reader can tell apart.
import fs from 'node:fs';

const [prometheus, run, start, end, ...files] = process.argv.slice(2);
const tooMany = 20;
const step = Math.max(2, Math.round((end - start) / 300));
const variables = { run, __rate_interval: `${4 * step}s`, __interval: `${step}s`, __range: `${end - start}s` };

async function ask({ expr, instant }) {
  const query = expr.replace(/\$(\w*[A-Za-z]\w*)/g, (all, name) => variables[name] ?? all);
  const [path, times] = instant ? ['query', { time: end }] : ['query_range', { start, end, step }];
  const answer = await (await fetch(`${prometheus}/api/v1/${path}?${new URLSearchParams({ query, ...times })}`)).json();
  if (answer.status !== 'success') throw new Error(answer.error);
  return answer.data.result;
}

let panels = 0, series = 0, mistakes = 0;
for (const file of files) {
  const { title: name, panels: all, annotations } = JSON.parse(fs.readFileSync(file, 'utf8'));
  const marks = annotations.list.map(({ name: title, target }) =>
    ({ title, description: '(empty while nothing happens)', targets: [target] }));
  for (const { title, type, description, targets } of [...all.filter(p => p.type !== 'row'), ...marks]) {
    const found = [];
    const problem = text => { mistakes++; console.log(`${name}, ${title}: ${text}`); };
    for (const target of targets)
      try {
        found.push(await ask(target));
      } catch (error) {
        problem(`${error.message} in ${target.expr}`);
      }
    const count = found.flat().length;
    if (count === 0 && !description.includes('(empty while')) problem('no data');
    if (count > tooMany && type !== 'table') problem(`${count} series`);
    if (process.env.VERBOSE) console.log(`${name}, ${title}: ${found.map(r => r.length).join(' + ')} series`);
    panels++;
    series += count;
  }
}
console.log(`${panels} panels, ${series} series, ${mistakes} mistakes`);
process.exit(panels > 0 && mistakes === 0 ? 0 : 1);
