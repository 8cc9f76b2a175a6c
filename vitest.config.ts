/**
 * The kinds of tests, by where they are: `vitest run --project unit store` runs the unit tests of a
 * folder. What needs processes, much time or Java is a project of its own.
 */
import { defineConfig } from 'vitest/config';

const exclude = ['dist/**', 'node_modules/**', '.gantry/**'];
const components =
  '{runtime,protocol,config,metrics,remoting,store,raft,nameserver,broker,controller,client,proxy,cli,dashboard,operator,tools,bench}';

export default defineConfig({
  test: {
    projects: [
      {
        // Properties of many runs take a second, and ten on a machine that others use too.
        test: {
          name: 'unit',
          include: [`${components}/**/*.test.ts`],
          exclude,
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'architecture',
          include: ['test/*.test.ts', 'test/contract/**/*.test.ts', 'test/wire/**/*.test.ts'],
          exclude,
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          exclude,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'simulation',
          include: ['simulation/**/*.test.ts'],
          exclude,
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'java',
          include: ['test/java/**/*.test.ts'],
          exclude,
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        // A real API server for each file: two at once is what two cores and 2 GiB carry.
        test: {
          name: 'kubernetes-api',
          include: ['test/kubernetes/{tier1,campaigns}/**/*.test.ts'],
          exclude,
          globalSetup: 'test/kubernetes/clusters.ts',
          maxWorkers: 2,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'kubernetes-nodes',
          include: ['test/kubernetes/tier2/**/*.test.ts'],
          exclude,
          globalSetup: 'test/kubernetes/clusters.ts',
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
