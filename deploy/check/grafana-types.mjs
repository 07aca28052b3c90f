// Usage: node grafana-types.mjs DASHBOARD.json...
// Checks dashboards against the types that Grafana generates from its own schema. Each part of a dashboard becomes a
// typed literal in a TypeScript file that exists in memory only. The compiler then reports unknown fields, wrong values
// of enumerations and wrong types. A server of Grafana would ignore such mistakes in silence.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const here = path.dirname(fileURLToPath(import.meta.url));
const schema = path.join(here, 'node_modules/@grafana/schema/dist/types/raw');
const dashboardTypes = path.join(schema, 'dashboard/x/types.gen');

// The package has no type for queries of Prometheus. This one has the fields that Grafana's query editor writes.
const queryType = `{ refId: string; datasource: { type: 'prometheus'; uid: '\${datasource}' }; expr: string;
  editorMode: 'code'; instant: boolean; range: boolean; legendFormat?: string; format?: 'table'; interval?: string }`;

// JSON has the value of an enumeration's member, and TypeScript takes only its name. The types are therefore read with
// each enumeration replaced by the union of its values.
function withoutEnums(text) {
  return text.replace(/export declare enum (\w+) \{([^}]*)\}/g, (_, name, body) => {
    const values = [...body.matchAll(/=\s*("[^"]*"|-?[\d.]+)/g)].map(match => match[1]);
    return `export type ${name} = ${values.join(' | ')};`;
  });
}

// A single member of an enumeration also serves as a type, and tells the kinds of a union apart. Its value replaces it.
function withMembers(text) {
  const values = new Map();
  for (const [, name, body] of text.matchAll(/export declare enum (\w+) \{([^}]*)\}/g))
    for (const [, member, value] of body.matchAll(/(\w+)\s*=\s*("[^"]*"|-?[\d.]+)/g))
      values.set(`${name}.${member}`, value);
  return text.replace(/: (\w+\.\w+);/g, (all, member) => values.has(member) ? `: ${values.get(member)};` : all);
}

// Yields [what it is, type, value] for each part of a dashboard that has a type of its own.
function* parts(dashboard) {
  // Grafana has no type yet for an annotation's query and for the texts beside it.
  const list = (dashboard.annotations?.list ?? []).map(({ target, titleFormat, textFormat, ...rest }) => rest);
  yield ['the dashboard', `import('${dashboardTypes}').Dashboard`, { ...dashboard, annotations: { list } }];
  for (const panel of dashboard.panels.filter(p => p.type !== 'row')) {
    const name = `panel ${panel.id} "${panel.title}"`;
    const file = path.join(schema, 'composable', panel.type.replaceAll('-', ''), 'panelcfg/x/types.gen');
    if (!fs.existsSync(file + '.d.ts')) throw new Error(`${name}: Grafana has no panel of type ${panel.type}`);
    const has = type => new RegExp(`export interface ${type}\\b`).test(fs.readFileSync(file + '.d.ts', 'utf8'));
    yield [`${name}, options`, `Partial<import('${file}').Options>`, panel.options];
    const custom = panel.fieldConfig.defaults.custom ?? {};
    const customType = has('FieldConfig') ? `Partial<import('${file}').FieldConfig>` : '{ [none: string]: never }';
    yield [`${name}, field settings`, customType, custom];
    for (const query of panel.targets) yield [`${name}, query ${query.refId}`, queryType, query];
    // An override names a setting and gives its value: the value has the setting's type.
    for (const { matcher, properties } of panel.fieldConfig.overrides)
      for (const { id, value } of properties) {
        const owner = `import('${id.startsWith('custom.') ? file : dashboardTypes}').FieldConfig`;
        yield [`${name}, ${id} of ${matcher.options}`, `Required<${owner}>['${id.replace('custom.', '')}']`, value];
      }
  }
}

function check(file) {
  const all = [...parts(JSON.parse(fs.readFileSync(file, 'utf8')))];
  const source = all.map(([, type, value], i) =>
    `export const part${i}: ${type.replace(/\s+/g, ' ')} = ${JSON.stringify(value)};`).join('\n');
  const options = { strict: true, noEmit: true, skipLibCheck: true, types: [], target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler };
  const host = ts.createCompilerHost(options);
  const virtual = path.join(here, path.basename(file) + '.ts');
  const { fileExists, readFile } = host;
  host.fileExists = name => name === virtual || fileExists(name);
  host.readFile = name => name === virtual ? source : name.includes('@grafana') && name.endsWith('.d.ts')
    ? withoutEnums(withMembers(readFile(name))) : readFile(name);
  host.getSourceFile = (name, target) => {
    const text = host.readFile(name);
    return text === undefined ? undefined : ts.createSourceFile(name, text, target, true);
  };
  const found = ts.getPreEmitDiagnostics(ts.createProgram([virtual], options, host));
  for (const { file: at, start, messageText } of found) {
    const where = at?.fileName === virtual ? all[at.getLineAndCharacterOfPosition(start).line][0] : at?.fileName;
    console.log(`${path.basename(file)}: ${where}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
  }
  return found.length;
}

const files = process.argv.slice(2);
const mistakes = files.map(check).reduce((sum, count) => sum + count, 0);
console.log(`${files.length} dashboards, ${mistakes} mistakes`);
process.exit(files.length > 0 && mistakes === 0 ? 0 : 1);
