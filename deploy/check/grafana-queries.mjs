// Usage: node grafana-queries.mjs PROMETHEUS RUN START END DASHBOARD.json...
// Asks a real Prometheus for each query of dashboards: START and END are Unix times in seconds. An error is a mistake. So
// is a panel without data, unless its description says "(empty while …)", and a panel with more series than a reader can
// tell apart.
import { prometheusOf, readDashboard } from './grafana-answers.mjs';

const [address, run, start, end, ...files] = process.argv.slice(2);
const tooMany = 20;
const ask = prometheusOf(address, run, Number(start), Number(end));

let panels = 0, series = 0, mistakes = 0;
for (const file of files) {
  const { title: name, panels: all, marks } = readDashboard(file);
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
