/**
 * Tells a running process its settings, and believes only what it then shows.
 *
 * All changes go at once, for a process takes all of them or none. When it refuses them, each is
 * tried by itself, so that one wrong value does not keep the others out.
 */
import type { Refused, Settings } from '../../access/mod.ts';
import { annotations } from '../../api/vocabulary/annotations.ts';
import { type Context, type KubeObject, resources } from '../../kube/mod.ts';
import { ROLE_LABEL } from '../../resources/labels.ts';
import { report } from '../report.ts';
import type { MarkPod, TellSettings } from './telling.ts';

/** A process that can be told settings, and shows those it has. */
export interface Tellable {
  readonly update: (changes: Settings) => Promise<'done' | Refused | undefined>;
  readonly show: () => Promise<Settings | undefined>;
}

/** What it refuses, by key. */
export async function tellSettings(
  context: Pick<Context, 'events'>,
  owner: KubeObject,
  { kind: action, unit, changes, isRepair }: TellSettings,
  process: Tellable,
): Promise<ReadonlyMap<string, string>> {
  const refused = await update(process, changes);
  const shown = await process.show();
  const taken = Object.keys(changes).filter((key) => !refused.has(key));
  const isDone = taken.every((key) => shown?.[key] === changes[key]);
  if (isDone && taken.length > 0) {
    const message = `${unit} was told ${taken.map((key) => `${key}=${changes[key]}`).join(', ')}`;
    const reason = isRepair ? 'ConfigRepaired' : 'ConfigApplied';
    report(context, owner, { reason, action, message });
  }
  for (const [key, why] of refused) {
    const message = `${unit} refuses ${key}: ${why}`;
    report(context, owner, { reason: 'ConfigRefused', action, message });
  }
  return refused;
}

async function update(process: Tellable, changes: Settings): Promise<ReadonlyMap<string, string>> {
  const refused = new Map<string, string>();
  const answer = await process.update(changes);
  if (answer === undefined || answer === 'done') return refused;
  for (const [key, value] of Object.entries(changes)) {
    const alone = await process.update({ [key]: value });
    if (alone !== undefined && alone !== 'done') refused.set(key, alone.refused);
  }
  return refused;
}

export async function markPod(
  { client }: Pick<Context, 'client'>,
  owner: KubeObject,
  { pod: name, uid, role, configApplied }: MarkPod,
): Promise<void> {
  const metadata = {
    ...(role !== undefined && { labels: { [ROLE_LABEL]: role } }),
    ...(configApplied !== undefined && {
      annotations: { [annotations.configApplied.name]: configApplied },
    }),
  };
  const key = { namespace: owner.metadata.namespace, name };
  await client.patch(resources.pods, key, { metadata }, { uid });
}
