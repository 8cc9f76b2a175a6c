import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../tree.ts';
import { imageConfig } from './config.ts';
import { HOME, NODE, USER_ID } from './contents.ts';

const [, final = ''] = readFileSync(join(root, 'Dockerfile'), 'utf8').split('FROM ${BASE}\n');
const { User, Env, Entrypoint, WorkingDir, ExposedPorts } = imageConfig('1.2.3');

/** What the last stage of the Dockerfile says with an instruction. */
function said(instruction: string): string[] {
  return [...final.matchAll(new RegExp(`^${instruction} (.*)$`, 'gm'))].map(
    ([, rest = '']) => rest,
  );
}

test('the image of the Dockerfile runs as the one that is packed without an engine', () => {
  expect(said('USER')).toEqual([User]);
  expect(said('ENV')).toEqual([Env.join(' ')]);
  expect(said('ENTRYPOINT').map((words) => JSON.parse(words))).toEqual([Entrypoint]);
  expect(said('WORKDIR')).toEqual([WorkingDir]);
  expect(said('EXPOSE')).toEqual([
    Object.keys(ExposedPorts)
      .map((port) => port.replace('/tcp', ''))
      .join(' '),
  ]);
});

test('Node and the home folder are where the packed image has them', () => {
  const copies = said('COPY');
  expect(copies).toContain(`--from=build /usr/local/bin/node ${NODE}`);
  expect(copies).toContain(`--from=build --chown=${USER_ID}:${USER_ID} /image${HOME} ${HOME}`);
});
