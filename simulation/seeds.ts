/**
 * Which seeds a test runs: `SEED=17 SEEDS=1` replays one, `SEEDS=5000` searches longer.
 *
 * Seeds of one test run in slices, so that a slow machine reports progress and no test grows with
 * the number of seeds.
 */
const first = Number(process.env['SEED'] ?? 1);

/** `count` seeds unless the environment says otherwise. */
export function seeds(count: number): number[] {
  const length = Number(process.env['SEEDS'] ?? count);
  return Array.from({ length }, (_, index) => first + index);
}

/** The same in slices of at most `size`, each with a name. */
export function slices(count: number, size: number): [string, number[]][] {
  const all = seeds(count);
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) => {
    const slice = all.slice(index * size, (index + 1) * size);
    return [`${slice[0]} to ${slice.at(-1)}`, slice];
  });
}

/** How to see a failure again. */
export function replay(seed: number): string {
  return `replay: SEED=${seed} SEEDS=1 npm run test:simulation`;
}
