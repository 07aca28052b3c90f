// Asks a real Prometheus for what the panels of a dashboard show, as Grafana would.
import { readFileSync } from 'node:fs';

// Reads a dashboard: its panels, rows included, and its annotations as panels that may be empty.
export function readDashboard(file) {
  const { title, panels, annotations } = JSON.parse(readFileSync(file, 'utf8'));
  const marks = annotations.list.map(({ name, target }) =>
    ({ title: name, type: 'annotation', description: '(empty while nothing happens)', targets: [target] }));
  return { title, panels, marks };
}

// Makes the function that gives the series of a target: those of one moment, or of the whole time.
export function prometheusOf(address, run, start, end) {
  const step = Math.max(2, Math.round((end - start) / 300));
  const variables = { run, __rate_interval: `${4 * step}s`, __interval: `${step}s`, __range: `${end - start}s` };
  return async ({ expr, instant }) => {
    const query = expr.replace(/\$(\w*[A-Za-z]\w*)/g, (all, name) => variables[name] ?? all);
    const [path, times] = instant ? ['query', { time: end }] : ['query_range', { start, end, step }];
    const answer = await (await fetch(`${address}/api/v1/${path}?${new URLSearchParams({ query, ...times })}`)).json();
    if (answer.status !== 'success') throw new Error(answer.error);
    return answer.data.result;
  };
}
