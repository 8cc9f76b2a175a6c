/**
 * What is in an image, by its name: there are no images where pods are played. Every `gantry:…` is
 * this checkout; two tags stand for what may be wrong with a new version.
 */

export type Image = 'gantry' | 'crashes' | 'hangs' | 'absent';

export function imageNamed(name: string): Image {
  if (!name.startsWith('gantry:')) return 'absent';
  if (name.endsWith('-crashes')) return 'crashes';
  if (name.endsWith('-hangs')) return 'hangs';
  return 'gantry';
}
