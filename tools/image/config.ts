/** How the image runs; the Dockerfile says the same, which tools/image/dockerfile.test.ts holds. */
import type { Image } from './archive.ts';
import { HOME, USER_ID } from './contents.ts';

export function imageConfig(version: string): Image['config'] {
  return {
    User: `${USER_ID}:${USER_ID}`,
    Env: ['PATH=/usr/local/bin', `HOME=${HOME}`, 'NODE_ENV=production'],
    Entrypoint: ['gantry'],
    WorkingDir: HOME,
    // Name server, broker, and every role's health and metrics.
    ExposedPorts: { '9876/tcp': {}, '10911/tcp': {}, '8090/tcp': {} },
    Labels: {
      'org.opencontainers.image.title': 'gantry',
      'org.opencontainers.image.version': version,
      'org.opencontainers.image.licenses': 'Apache-2.0',
    },
  };
}
