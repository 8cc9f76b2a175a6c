/** Randomness from the operating system. */
import { randomBytes, randomInt } from 'node:crypto';
import type { Random } from '../random.ts';

export const nodeRandom: Random = {
  below: (limit) => randomInt(limit),
  bytes: (count) => randomBytes(count),
};
