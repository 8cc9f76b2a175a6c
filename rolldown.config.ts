/**
 * What `npm run build` makes: the sources in few files, because a process that loads hundreds of
 * modules spends more than half of its start on finding them. Nothing is minified, so stacks can be read.
 */
import { defineConfig } from 'rolldown';

/** Large, or built for one kind of machine: loaded from their packages by the few who need them. */
const apart = ['@kubernetes/client-node', '@node-rs/crc32'];

export default defineConfig({
  input: { main: 'cli/main.ts' },
  platform: 'node',
  logLevel: 'warn',
  external: apart,
  output: {
    dir: 'dist',
    format: 'esm',
    cleanDir: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'parts/[name].js',
  },
});
