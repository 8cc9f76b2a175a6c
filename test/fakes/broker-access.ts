/** Brokers as reconcilers see them: topics and groups in maps, each silent or refusing when told to. */
import type {
  ChangeAnswer,
  ClusterAccess,
  GroupSettings,
  TopicContents,
  TopicSettings,
} from '../../operator/access/mod.ts';

export class FakeBroker {
  readonly name: string;
  readonly clusterName: string;
  readonly topics = new Map<string, TopicSettings>();
  readonly groups = new Map<string, GroupSettings>();
  readonly contents = new Map<string, TopicContents>();
  isSilent = false;
  /** Why every change is refused. */
  refusal: string | undefined;

  constructor(name: string, clusterName: string) {
    this.name = name;
    this.clusterName = clusterName;
  }

  change(make: () => void): ChangeAnswer | undefined {
    if (this.isSilent) return undefined;
    if (this.refusal !== undefined) return { refused: this.refusal };
    make();
    return 'done';
  }
}

/** What reconcilers of topics and groups ask, of `brokers` by address. */
export function brokerAccess(brokers: ReadonlyMap<string, FakeBroker>): Partial<ClusterAccess> {
  const broker = (address: string): FakeBroker => {
    const found = brokers.get(address);
    if (found === undefined) throw new Error(`There is no broker at ${address}`);
    return found;
  };
  /** Undefined: no answer. */
  const answering = (address: string): FakeBroker | undefined =>
    broker(address).isSilent ? undefined : broker(address);
  const look = <T>(address: string, find: (one: FakeBroker) => T | undefined) => {
    const one = answering(address);
    return Promise.resolve(one === undefined ? undefined : (find(one) ?? ('none' as const)));
  };
  const change = (address: string, make: (one: FakeBroker) => void) =>
    Promise.resolve(broker(address).change(() => make(broker(address))));
  return {
    brokerConfig: (address) => {
      const one = answering(address);
      if (one === undefined) return Promise.resolve(undefined);
      const { name, clusterName } = one;
      return Promise.resolve({ brokerName: name, brokerClusterName: clusterName });
    },
    findTopic: (address, topic) => look(address, ({ topics }) => topics.get(topic)),
    findTopicContents: (address, topic) => look(address, ({ contents }) => contents.get(topic)),
    putTopic: (address, topic) => change(address, ({ topics }) => topics.set(topic.topic, topic)),
    removeTopic: (address, topic) => change(address, ({ topics }) => topics.delete(topic)),
    forgetTopic: () => Promise.resolve('done'),
    findGroup: (address, group) => look(address, ({ groups }) => groups.get(group)),
    putGroup: (address, group) => change(address, ({ groups }) => groups.set(group.group, group)),
    removeGroup: (address, group) => change(address, ({ groups }) => groups.delete(group)),
  };
}
