// Checks the page of a run in a browser: starts a tiny cluster, kills a trainer, and looks.
//
//   deploy/check/page [folder for pictures]
//
// CHROMIUM names the browser (by default Debian's), STARLING the program (by default the Release build). PAGE_SLOW
// multiplies all time limits, for machines that are busy.
import { spawn, execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { appendFile, mkdtemp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const program = process.env.STARLING ?? join(root, 'src/Actors/bin/Release/net10.0/starling.dll');
const slow = Number(process.env.PAGE_SLOW ?? 1);
const pictures = resolve(process.argv[2] ?? join(tmpdir(), 'page-pictures'));
const folder = await mkdtemp(join(tmpdir(), 'page-check-'));
const run = join(folder, 'run'), config = join(folder, 'config.json');
const hostile = '<script>document.title="owned"</script>';
const problems = [];

const expect = (holds, what) => { console.log(`${holds ? 'ok  ' : 'FAIL'} ${what}`); if (!holds) problems.push(what); };

async function until(what, seconds, ask) {
  const end = Date.now() + seconds * slow * 1000;
  while (true) {
    const found = await ask();
    if (found) return found;
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds * slow} s`);
    await new Promise(done => setTimeout(done, 100));
  }
}

const events = async () => (await readFile(join(run, 'events.jsonl'), 'utf8').catch(() => ''))
  .split('\n').slice(0, -1).flatMap(line => { try { return [JSON.parse(line)]; } catch { return []; } });

// The addresses of all supervisors, by the files that Prometheus reads.
async function supervisors() {
  const names = await readdir(join(run, 'targets')).catch(() => []);
  const targets = await Promise.all(names.map(async n => JSON.parse(await readFile(join(run, 'targets', n), 'utf8'))[0]));
  return targets.filter(t => t.labels.roles.includes('supervisor')).map(t => `http://${t.targets[0]}/`);
}

async function open(browser, url, width, colorScheme) {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  const bad = text => problems.push(`${width} px, ${colorScheme}: ${text}`) && console.log(`FAIL ${text}`);
  page.on('console', m => ['error', 'warning'].includes(m.type()) && bad(m.text()));
  page.on('pageerror', e => bad(e.message));
  page.on('dialog', d => { bad('a dialog'); d.dismiss(); });
  await page.route('**', r => r.request().url().startsWith(url) ? r.continue() : (bad(`left for ${r.request().url()}`), r.abort()));
  await page.goto(url);
  await page.waitForFunction(() => document.body.dataset.ready, undefined, { timeout: 20000 * slow });
  return page;
}

const settings = JSON.parse((await readFile(join(root, 'configs/tiny.json'), 'utf8')).replace(/^\s*\/\/.*$/gm, ''));
settings.name = 'page';
settings.training.steps = 100000;
settings.checkpoint.everySteps = 50;
await writeFile(config, JSON.stringify(settings));
await mkdir(pictures, { recursive: true });
const cluster = spawn('dotnet', [program, 'cluster', '--trainers', '2', '--loaders', '1', '--evaluators', '0',
  '--config', config, '--run', run, '--set', 'monitor.port=0'], { stdio: ['ignore', 'pipe', 'pipe'] });
let output = '', browser;
for (const stream of [cluster.stdout, cluster.stderr]) stream.on('data', text => { output += text; });
const ended = new Promise(done => cluster.on('exit', done));
try {
  await until('steps by two trainers', 60, async () => (await events()).some(
    (line, i, all) => line.event === 'committed' && Object.keys(all.findLast(g => g.hosting)?.hosting ?? {}).length === 2));
  const addresses = await until('two supervisors', 30, async () => (await supervisors()).length === 2 && supervisors());
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox',
    '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
    '--disable-sync', '--disable-dev-shm-usage'] });

  const page = await open(browser, addresses[0], 1200, 'light');
  const now = () => page.textContent('#now');
  const stepOf = text => Number(/Step ([\d,]+) of/.exec(text)?.[1].replaceAll(',', '') ?? NaN);
  const first = stepOf(await until('the sentence', 5, async () => (await now()).startsWith('Step ') && now()));
  expect((await now()).includes('of 100,000'), 'the sentence names the planned steps');
  await until('a later step', 5, async () => stepOf(await now()) > first);
  const made = (await events()).filter(l => l.event === 'committed').at(-1).step;
  await until('the present step', 5, async () => stepOf(await now()) >= made);
  expect(await page.textContent('#name') === 'page', 'the run has its name');
  expect(await page.locator('#lanes .bar').count() >= 2, 'both trainers have a lane');

  const generation = (await events()).findLast(l => l.event === 'generation').generation;
  await promisify(execFile)('dotnet', [program, 'cluster', 'kill', 'trainer-2', '--run', run]);
  await until('the fault in the event log', 30, async () => (await events()).some(l => l.event === 'note' && l.text.includes('trainer-2')));
  const told = Date.now();
  await until('the fault on the page', 3, async () => (await page.textContent('#faults')).includes('trainer-2'));
  console.log(`     the fault was on the page ${Date.now() - told} ms after it was in the event log`);
  await page.reload();
  await page.waitForFunction(() => document.body.dataset.ready, undefined, { timeout: 20000 * slow });
  expect((await page.textContent('#faults')).includes('trainer-2'), 'a reload shows the fault again');
  await until('the trainer is back', 90, async () => {
    const last = (await events()).findLast(l => l.event === 'generation');
    return last.generation > generation && Object.keys(last.hosting).length === 2;
  });
  await page.locator('#lanes-table summary').click();
  const back = (await events()).findLast(l => l.event === 'generation').generation;
  await until('the new generation in the table', 10, async () =>
    page.locator('#lanes-table tr').nth(1).locator('td').first().textContent().then(t => Number(t) >= back, () => false));
  expect(await page.locator('#lanes .fault').count() > 0, 'the fault is marked below the lanes');
  await page.locator('#lanes-table summary').click();

  // Nothing writes such a line; a file may hold anything.
  await appendFile(join(run, 'events.jsonl'),
    JSON.stringify({ time: new Date().toISOString(), event: 'note', step: made, text: hostile }) + '\n');
  await until('a hostile note as text', 5, async () => (await page.textContent('#faults')).includes(hostile));
  expect(await page.title() !== 'owned', 'a hostile note stays text');

  // A listener that goes away and comes back has all lines, in order.
  const lines = await page.evaluate(async () => {
    const read = async (from, most) => {
      const stop = new AbortController(), seen = [];
      const reader = (await fetch('api/events', { headers: { 'Last-Event-ID': String(from) }, signal: stop.signal })).body.getReader();
      for (let text = ''; seen.length < most;) {
        const { value, done } = await reader.read();
        if (done) break;
        text += new TextDecoder().decode(value);
        const whole = text.split('\n\n');
        text = whole.pop();
        for (const e of whole) {
          const [, id] = /^id: (\d+)$/m.exec(e) ?? [], [, name] = /^event: (.*)$/m.exec(e) ?? [];
          if (name === 'line' && seen.length < most) seen.push([Number(id), /^data: (.*)$/m.exec(e)[1]]);
        }
      }
      stop.abort();
      return seen;
    };
    const start = await read(0, 3);
    return [...start, ...await read(start.at(-1)[0], 3)].map(([, data]) => JSON.parse(data));
  });
  const wanted = (await events()).filter(l => l.event !== 'committed').slice(0, 6);
  expect(JSON.stringify(lines) === JSON.stringify(wanted), 'a listener that comes back misses no line');

  const standby = await open(browser, addresses[1], 400, 'dark');
  await until('the standby tells the same', 10, async () => stepOf(await standby.textContent('#now')) >= made);
  expect(await standby.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than 400 px');
  expect(await standby.evaluate(() => getComputedStyle(document.body).backgroundColor) !== 'rgb(255, 255, 255)', 'dark is dark');
  await standby.screenshot({ path: join(pictures, 'page-400-dark.png'), fullPage: true });
  await page.screenshot({ path: join(pictures, 'page-1200.png'), fullPage: true });
} catch (e) {
  problems.push(e.message);
  console.log(`FAIL ${e.stack}\n${output.slice(-2000)}`);
} finally {
  await browser?.close();
  cluster.kill('SIGTERM');
  await ended;
  await rm(folder, { recursive: true, force: true });
}
console.log(problems.length ? `${problems.length} problems` : `all is well; pictures in ${pictures}`);
process.exit(problems.length ? 1 : 0);
