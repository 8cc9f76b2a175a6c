/**
 * The consumers that are connected: per group its members and what it subscribes to.
 *
 * In memory only; heartbeats every 30 s build it again after a restart. A member is a connection:
 * it leaves when that closes, when it says so, or when no heartbeat came for long. Listeners are
 * told when the members of a group or its topics change: the others must share the queues anew.
 */
import type { ConsumerData } from '../../protocol/bodies/mod.ts';
import type { ServerConnection } from '../../remoting/mod.ts';
import type { Subscription } from '../pulling/subscription.ts';

export interface Member {
  readonly clientId: string;
  readonly connection: ServerConnection;
  readonly language: number;
  readonly version: number;
  seenMs: number;
}

type ConsumeType = ConsumerData['consumeType'];
type MessageModel = ConsumerData['messageModel'];
type ConsumeFromWhere = ConsumerData['consumeFromWhere'];

export interface ConsumerGroup {
  readonly name: string;
  consumeType: ConsumeType;
  messageModel: MessageModel;
  consumeFromWhere: ConsumeFromWhere;
  readonly members: Map<ServerConnection, Member>;
  readonly subscriptions: Map<string, Subscription>;
  /** Of the last full heartbeat, per connection: one without subscriptions must have the same. */
  readonly fingerprints: Map<ServerConnection, number>;
}

/** What a heartbeat says of one group. */
export interface Joining {
  readonly group: string;
  readonly consumeType: ConsumeType;
  readonly messageModel: MessageModel;
  readonly consumeFromWhere: ConsumeFromWhere;
  /** Undefined: as the heartbeat before. */
  readonly subscriptions: readonly Subscription[] | undefined;
}

export class Consumers {
  readonly #groups = new Map<string, ConsumerGroup>();
  readonly #onChanged: (group: ConsumerGroup) => void;

  constructor(onChanged: (group: ConsumerGroup) => void) {
    this.#onChanged = onChanged;
  }

  find(group: string): ConsumerGroup | undefined {
    return this.#groups.get(group);
  }

  all(): Iterable<ConsumerGroup> {
    return this.#groups.values();
  }

  /** Takes a heartbeat in; true when members or topics of the group changed by it. */
  join(joining: Joining, member: Member): boolean {
    const group = this.#groupOf(joining);
    const known = group.members.get(member.connection);
    const isNew = known === undefined || known.clientId !== member.clientId;
    group.members.set(member.connection, member);
    const moved =
      joining.subscriptions !== undefined &&
      updateSubscriptions(group.subscriptions, joining.subscriptions);
    if (isNew || moved) this.#onChanged(group);
    return isNew || moved;
  }

  /** A client leaves a group. */
  leave(group: string, connection: ServerConnection): void {
    const found = this.#groups.get(group);
    if (found !== undefined) this.#drop(found, connection);
  }

  /** A connection is gone, and its client from all groups. */
  disconnect(connection: ServerConnection): void {
    for (const group of this.#groups.values()) this.#drop(group, connection);
  }

  /** Members that have not been heard of since `sinceMs`. */
  silentSince(sinceMs: number): Member[] {
    return [...this.#groups.values()].flatMap(({ members }) =>
      [...members.values()].filter(({ seenMs }) => seenMs < sinceMs),
    );
  }

  findMember(group: string, clientId: string): Member | undefined {
    const members = this.#groups.get(group)?.members.values() ?? [];
    return [...members].find((member) => member.clientId === clientId);
  }

  /** Groups that subscribe to `topic` at this moment. */
  groupsOf(topic: string): string[] {
    return [...this.#groups.values()]
      .filter(({ subscriptions }) => subscriptions.has(topic))
      .map(({ name }) => name);
  }

  #groupOf({ group, consumeType, messageModel, consumeFromWhere }: Joining): ConsumerGroup {
    const found = this.#groups.get(group);
    if (found !== undefined) {
      found.consumeType = consumeType;
      found.messageModel = messageModel;
      found.consumeFromWhere = consumeFromWhere;
      return found;
    }
    const created: ConsumerGroup = {
      name: group,
      consumeType,
      messageModel,
      consumeFromWhere,
      members: new Map(),
      subscriptions: new Map(),
      fingerprints: new Map(),
    };
    this.#groups.set(group, created);
    return created;
  }

  #drop(group: ConsumerGroup, connection: ServerConnection): void {
    group.fingerprints.delete(connection);
    if (!group.members.delete(connection)) return;
    if (group.members.size === 0) this.#groups.delete(group.name);
    this.#onChanged(group);
  }
}

/** True when the topics are others; a newer expression for the same topic is just taken over. */
function updateSubscriptions(
  current: Map<string, Subscription>,
  next: readonly Subscription[],
): boolean {
  const topics = new Set(next.map(({ topic }) => topic));
  const gone = [...current.keys()].filter((topic) => !topics.has(topic));
  for (const topic of gone) current.delete(topic);
  let hasNew = false;
  for (const subscription of next) {
    const old = current.get(subscription.topic);
    hasNew ||= old === undefined;
    if (old === undefined || subscription.version > old.version) {
      current.set(subscription.topic, subscription);
    }
  }
  return hasNew || gone.length > 0;
}
