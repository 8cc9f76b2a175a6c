/** How much a campaign tries: a sample among the tests, all of it by `make campaign`. */

export const isLong = process.env['GANTRY_CAMPAIGN'] === 'long';

/** All, or `count` that are spread over all of them: the same ones each time. */
export function sample<T>(all: readonly T[], count: number): readonly T[] {
  if (isLong || all.length <= count) return all;
  return Array.from({ length: count }, (_, index) => {
    return all[Math.floor(((index + 0.5) * all.length) / count)] as T;
  });
}
