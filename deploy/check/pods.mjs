// Prints a line for each pod that the jobs of rendered manifests have: its host name, and the arguments of its doctor and
// of its node, each part ended by a zero byte. $(POD_IP) is left in them. Usage: node pods.mjs < rendered.yaml
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

const part = words => words.map(word => `${word}\x1f`).join('');
for (const document of parseAllDocuments(readFileSync(0, 'utf8'))) {
  const job = document.toJS();
  if (job?.kind !== 'Job') continue;
  const { initContainers: [doctor], containers: [node] } = job.spec.template.spec;
  for (let index = 0; index < job.spec.completions; index++) {
    const args = container => container.args.map(a => String(a).replaceAll('$(JOB_COMPLETION_INDEX)', String(index)));
    process.stdout.write([`${job.metadata.name}-${index}`, part(args(doctor)), part(args(node))].join('\t') + '\n');
  }
}
