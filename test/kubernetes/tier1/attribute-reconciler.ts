/**
 * A reconciler as small as the operator's Kubernetes side can be tested with: a Topic whose attributes
 * are to be ConfigMaps of those names. What the operator does with Topics is not looked at here.
 */
import {
  applyChild,
  type Context,
  type Desired,
  type KubeObject,
  type Outcome,
  type Reconciler,
  resources,
  stampConditions,
  sweep,
  writeStatus,
} from '../../../operator/kube/mod.ts';
import { configMap } from './kube-parts.ts';

export interface Attributes extends KubeObject {
  readonly spec: { readonly attributes?: Readonly<Record<string, string>> };
}

const { topics, configMaps } = resources;

export class AttributeReconciler implements Reconciler<Attributes> {
  readonly name = 'attributes';
  readonly resource = topics;
  readonly owns = [configMaps];
  reconciles = 0;
  before: (object: Attributes, context: Context) => Promise<void> = () => Promise.resolve();

  async reconcile(object: Attributes, context: Context): Promise<Outcome> {
    this.reconciles++;
    await this.before(object, context);
    const attributes = Object.entries(object.spec.attributes ?? {});
    for (const [name, value] of attributes) await applyChild(context, object, child(name, value));
    await sweep(
      context,
      object,
      configMaps,
      attributes.map(([name]) => name),
    );
    const conditions = stampConditions(
      [{ type: 'Ready', status: 'True', reason: 'Synced', message: 'All are there' } as const],
      { generation: 1, nowMs: context.clock.wallMs() },
    );
    await writeStatus(context, topics, object, { conditions });
    return {};
  }
}

export const child = (name: string, value: string): Desired & { data: object } =>
  configMap(name, { value });
