/**
 * Gantry beside the Java broker: the same load, in alternation, as a table of ratios with their
 * spread. `npm run bench -- --help` lists the options.
 */
import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { Scratch } from '../test/processes/scratch.ts';
import type { Figures } from './figures.ts';
import { buildLoad } from './load.ts';
import { type PartName, partNames, parts, sessions, sizes } from './parts.ts';
import { report } from './report.ts';
import { runSession } from './session.ts';
import { onlySends, type SideName, sideNames } from './sides.ts';

const HELP = `usage: npm run bench -- [options]

  --size full|smoke    full by default; smoke shows that everything runs and totals agree
  --only a,b           parts: ${partNames.join(', ')}
  --sides a,b          the first is compared with each other: ${sideNames.join(', ')}
  --repeats n          runs of each side, in alternation

What the Runtime seam costs on the send path, with the prototype as the floor:
  npm run bench -- --sides gantry,prototype,prototype-runtime --only send,open`;

type Session = keyof typeof sessions;

/** A list from the command line, every item one of `known`. */
function listOf<T extends string>(
  text: string | undefined,
  known: readonly T[],
  fallback: readonly T[],
): T[] {
  const names = text?.split(',') ?? fallback;
  return names.map((name) => {
    const found = known.find((item) => item === name);
    if (found !== undefined) return found;
    console.error(`bench: "${name}" is none of ${known.join(', ')}`);
    return process.exit(2);
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      size: { type: 'string', default: 'full' },
      only: { type: 'string' },
      sides: { type: 'string' },
      repeats: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(HELP);
  const [sizeName = 'full'] = listOf(values.size, ['full', 'smoke'] as const, []);
  const size = sizes[sizeName];
  const sides = listOf(values.sides, sideNames, ['gantry', 'java']);
  const chosen = listOf(values.only, partNames, partNames);
  const repeats = Number(values.repeats ?? size.repeats);

  buildLoad();
  console.log(machine());
  const results = new Map<SideName, Figures[]>(sides.map((side) => [side, []]));
  const disagreements: string[] = [];
  for (let repeat = 1; repeat <= repeats; repeat++) {
    for (const side of sides) {
      using scratch = new Scratch();
      const figures: Figures = {};
      for (const session of Object.keys(sessions) as Session[]) {
        const here = chosen.filter((part) => runsIn(part, session, side));
        if (here.length === 0) continue;
        console.log(`run ${repeat} of ${repeats}: ${side}, ${session}`);
        const plan = { session, side, parts: here, size, folder: scratch.path };
        // What was measured before is still worth its table.
        const result = await runSession(plan).catch((error: unknown) => ({
          figures: {},
          disagreements: [`${side}, ${session}: ${String(error)}`],
        }));
        Object.assign(figures, result.figures);
        disagreements.push(...result.disagreements);
      }
      results.get(side)?.push(figures);
    }
  }

  console.log(`\n${report(results)}\n`);
  console.log('median (min–max) of the runs; ratios run by run; nothing is pinned to a core');
  for (const text of disagreements) console.error(`bench: ${text}`);
  if (disagreements.length === 0) console.log('totals agree: sent = answered, accepted = stored');
  process.exitCode = disagreements.length === 0 ? 0 : 1;
}

const runsIn = (part: PartName, session: Session, side: SideName): boolean =>
  parts[part].session === session && !(onlySends(side) && parts[part].whole);

function machine(): string {
  const [{ model } = { model: 'unknown' }] = cpus();
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD']).toString().trim();
  const memoryGiB = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} × ${model}, ${memoryGiB} GiB, Node ${process.version}, commit ${commit}`;
}

await main();
