/** How the operator may act on brokers: rolling, taking groups away, repairing. */
import Type from 'typebox';
import { block } from '../block.ts';
import { duration, integer, oneOf, quantity } from '../scalars.ts';

export const updateBlock = () =>
  block(
    {
      maxUnavailableGroups: integer(1, 64, {
        default: 1,
        description: 'Groups that may be rolled at once.',
      }),
      supervised: Type.Boolean({
        default: false,
        description: 'Waits for a go before each group.',
      }),
      handover: block(
        {
          enabled: Type.Boolean({
            default: true,
            description: 'Hands the master role over before its pod goes.',
          }),
          timeout: duration({ default: '30s', description: 'Longest hand-over.' }),
          maxLagBytes: quantity({ default: '1Mi', description: 'Most the next master may lack.' }),
        },
        { default: {}, description: 'Planned change of master.' },
      ),
      settle: duration({ default: '30s', description: 'Pause after each pod.' }),
      progressDeadline: duration({ default: '10m', description: 'When a roll counts as stuck.' }),
      onFailure: oneOf(['Pause'], { default: 'Pause', description: 'What a stuck roll does.' }),
    },
    { default: {}, description: 'How changes reach running pods.' },
  );

export const drainBlock = () =>
  block(
    {
      policy: oneOf(['Automatic', 'Manual', 'Forbid'], {
        default: 'Automatic',
        description: 'Who empties a group that is taken away.',
      }),
      timeout: duration({ default: '0', description: 'When to give up; 0 is never.' }),
      settle: duration({ default: '2m', description: 'How long a group must stay empty.' }),
      orderedTopics: oneOf(['Block', 'Allow'], {
        default: 'Block',
        description: 'Whether ordered topics forbid it.',
      }),
      noSubscriberTopics: oneOf(['Wait', 'Ignore'], {
        default: 'Wait',
        description: 'Messages that nobody subscribes to: wait for retention, or ignore them.',
      }),
    },
    { default: {}, description: 'How a group is taken away.' },
  );

export const recoveryBlock = () =>
  block(
    {
      replaceLostVolumes: Type.Boolean({
        default: false,
        description: 'Replaces a volume that is gone for good.',
      }),
      after: duration({ default: '10m', description: 'When it counts as gone.' }),
      forceDeletePodsOfDeletedNodes: Type.Boolean({
        default: true,
        description: 'Frees pods whose node does not exist any more.',
      }),
    },
    { default: {}, description: 'What is repaired without being asked.' },
  );
