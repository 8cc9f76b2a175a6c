/**
 * Volumes of claims that were given to a node: folders of its own. How an expansion goes is said by
 * the annotation `gantry.test/expansion` of the storage class: `Online` (unless said), `Offline`
 * (the file system grows when the pod starts anew) or `Fails`.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeApi, KubeObject } from '../kube-api.ts';
import { claimPath } from './paths.ts';
import { quantityBytes } from './quantity.ts';
import { type Fleet, HOSTNAME, nodeOf } from './scheduling.ts';

const PROVISIONER = 'gantry.test/played';

const GIVEN_TO = 'volume.kubernetes.io/selected-node';
const WANTED_OF = 'volume.kubernetes.io/storage-provisioner';
const MADE_BY = 'pv.kubernetes.io/provisioned-by';
const EXPANSION = 'gantry.test/expansion';

export const STORAGE_CLASS = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: {
    name: 'standard',
    annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
  },
  provisioner: PROVISIONER,
  volumeBindingMode: 'WaitForFirstConsumer',
  allowVolumeExpansion: true,
  reclaimPolicy: 'Delete',
};

export class Provisioner {
  readonly #api: KubeApi;
  readonly #node: string;
  readonly #folder: string;

  /** Volumes are made in `folder`, that outlives the node. */
  constructor(api: KubeApi, node: string, folder: string) {
    this.#api = api;
    this.#node = node;
    this.#folder = folder;
  }

  async sync({ claims, volumes, classes }: Fleet): Promise<void> {
    const classOf = ({ spec }: KubeObject): KubeObject | undefined =>
      classes.find(({ metadata }) => metadata.name === spec.storageClassName);
    for (const claim of claims) {
      if (claim.metadata.deletionTimestamp !== undefined) continue;
      const volume = volumes.find(({ metadata }) => metadata.name === claim['spec'].volumeName);
      if (volume === undefined) await this.#provision(claim, volumes, classOf(claim));
      else if (nodeOf(volume) === this.#node) await this.#expand(claim, volume, classOf(claim));
    }
    for (const volume of volumes) await this.#reclaim(volume);
  }

  /** A claim is given to a node when its pod is scheduled. */
  async give(claim: KubeObject, node: string): Promise<void> {
    if (claim.metadata.annotations?.[GIVEN_TO] === node) return;
    await this.#api.patch(claimPath(claim), { metadata: { annotations: { [GIVEN_TO]: node } } });
  }

  /** The pod of a claim starts: its file system is as large as its volume from now on. */
  async mounted(claim: KubeObject): Promise<void> {
    const pending = (claim['status'].conditions ?? []) as { type: string }[];
    if (pending.some(({ type }) => type === 'FileSystemResizePending')) await this.#grown(claim);
  }

  async #provision(
    claim: KubeObject,
    volumes: readonly KubeObject[],
    storageClass: KubeObject | undefined,
  ): Promise<void> {
    const { name, namespace, uid, annotations = {} } = claim.metadata;
    const volume = `pvc-${uid}`;
    const isOurs = annotations[WANTED_OF] === PROVISIONER && annotations[GIVEN_TO] === this.#node;
    if (!isOurs || volumes.some(({ metadata }) => metadata.name === volume)) return;
    const folder = join(this.#folder, volume);
    mkdirSync(folder, { recursive: true });
    const onThisNode = { key: HOSTNAME, operator: 'In', values: [this.#node] };
    await this.#api.create('/api/v1/persistentvolumes', {
      metadata: { name: volume, annotations: { [MADE_BY]: PROVISIONER } },
      spec: {
        capacity: { storage: claim['spec'].resources.requests.storage as string },
        accessModes: claim['spec'].accessModes as string[],
        persistentVolumeReclaimPolicy:
          (storageClass?.['reclaimPolicy'] as string | undefined) ?? 'Delete',
        storageClassName: claim['spec'].storageClassName as string,
        local: { path: folder },
        claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid },
        nodeAffinity: {
          required: { nodeSelectorTerms: [{ matchExpressions: [onThisNode] }] },
        },
      },
    });
  }

  async #expand(
    claim: KubeObject,
    volume: KubeObject,
    storageClass: KubeObject | undefined,
  ): Promise<void> {
    const wanted = claim['spec'].resources.requests.storage as string;
    const has = (claim['status'].capacity?.storage ?? wanted) as string;
    if (quantityBytes(wanted) <= quantityBytes(has)) return;
    const how = storageClass?.metadata.annotations?.[EXPANSION] ?? 'Online';
    if (how === 'Fails') {
      await this.#report(claim, 'ControllerResizeError', 'ControllerResizeInfeasible');
      return;
    }
    if (volume['spec'].capacity.storage !== wanted) {
      const grown = { spec: { capacity: { storage: wanted } } };
      await this.#api.patch(`/api/v1/persistentvolumes/${volume.metadata.name}`, grown);
    }
    if (how === 'Online') await this.#grown(claim);
    else await this.#report(claim, 'FileSystemResizePending', 'NodeResizePending');
  }

  async #grown(claim: KubeObject): Promise<void> {
    const storage = claim['spec'].resources.requests.storage as string;
    const nothing = { conditions: null, allocatedResources: null, allocatedResourceStatuses: null };
    const status = { capacity: { storage }, ...nothing };
    await this.#api.patch(`${claimPath(claim)}/status`, { status });
  }

  async #report(claim: KubeObject, type: string, progress: string): Promise<void> {
    const before = (claim['status'].conditions ?? []) as { type: string }[];
    if (before.some((condition) => condition.type === type)) return;
    const storage = claim['spec'].resources.requests.storage as string;
    const lastTransitionTime = new Date().toISOString();
    const status = {
      conditions: [{ type, status: 'True', lastTransitionTime, message: 'As the test wants it.' }],
      allocatedResources: { storage },
      allocatedResourceStatuses: { storage: progress },
    };
    await this.#api.patch(`${claimPath(claim)}/status`, { status });
  }

  async #reclaim(volume: KubeObject): Promise<void> {
    const { name, annotations = {}, deletionTimestamp } = volume.metadata;
    const isOurs = annotations[MADE_BY] === PROVISIONER && nodeOf(volume) === this.#node;
    const isReleased = volume['status'].phase === 'Released';
    const isDeleted = volume['spec'].persistentVolumeReclaimPolicy === 'Delete';
    if (!isOurs || !isReleased || !isDeleted || deletionTimestamp !== undefined) return;
    rmSync(volume['spec'].local.path as string, { recursive: true, force: true });
    await this.#api.remove(`/api/v1/persistentvolumes/${name}`);
  }
}
