/** Loaded before the program of a pod or of a client: from its start on it knows names of pods. */
import { resolvePods, seedFrom } from './pod-names.ts';

resolvePods(seedFrom(process.env));
