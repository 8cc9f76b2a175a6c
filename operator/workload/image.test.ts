import { expect, test } from 'vitest';
import type { ImageSpec } from '../api/blocks/image.ts';
import { withImage } from './image.ts';

const REPOSITORY = 'registry.example:5000/team/gantry';
const imageOf = (spec: Partial<ImageSpec>) => {
  const usual: ImageSpec = { imagePullPolicy: 'Always', imagePullSecrets: [] };
  const manifest = { spec: { ...usual, ...spec } };
  return withImage(manifest, REPOSITORY, '1.2.3').spec.image;
};

test('what runs is of the repository that the operator is told, in the version of the manifest', () => {
  expect(imageOf({})).toBe(`${REPOSITORY}:1.2.3`);
  expect(imageOf({ version: '1.3.0' })).toBe(`${REPOSITORY}:1.3.0`);
});

test('an image that the manifest names is taken as it is', () => {
  expect(imageOf({ image: 'mine:1', version: '1.3.0' })).toBe('mine:1');
});
