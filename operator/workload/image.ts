/** The image of a component whose manifest names none: of the repository that the operator is told. */
import type { ImageSpec } from '../api/blocks/image.ts';

/** `manifest`, with the image that it runs from `repository` where it does not say. */
export function withImage<T extends { readonly spec: ImageSpec }>(
  manifest: T,
  repository: string,
  ownVersion: string,
): T {
  const { image, version = ownVersion } = manifest.spec;
  if (image !== undefined) return manifest;
  return { ...manifest, spec: { ...manifest.spec, image: `${repository}:${version}` } };
}
