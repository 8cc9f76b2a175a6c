/** What to try with a cluster that has come up, each step ready to be pasted. */
import { DEFAULT_NAME_SERVER } from '../default-name-server.ts';
import { hint } from '../hint.ts';
import type { ClusterStatus } from '../local/messages.ts';

export interface CameUpBy {
  readonly file: string;
  readonly name?: string | undefined;
  readonly state: string;
}

export function nextSteps(
  { nameServers, pods }: Pick<ClusterStatus, 'nameServers' | 'pods'>,
  { file, ...cluster }: CameUpBy,
): string {
  const [nameServer = ''] = nameServers;
  const served = nameServer === DEFAULT_NAME_SERVER ? '' : ` --nameserver ${nameServer}`;
  const found = pods.find(({ role }) => role === 'broker');
  const broker = found?.name;
  const measured = found ?? pods[0];
  const stopped = pods.find(({ state }) => state === 'stopped')?.name;
  const steps: (readonly [string, string])[] = [
    ['send', hint(`admin send -n ${nameServer} --topic Hello --body hi`)],
    ['consume', hint(`admin consume -n ${nameServer} --topic Hello`)],
    ['from Java', `producer.setNamesrvAddr("${nameServers.join(';')}");`],
    ...(measured === undefined
      ? []
      : [['metrics', `curl http://${measured.management}/metrics`] as const]),
    ...(broker === undefined ? [] : [['try a failure', hint(`kill ${broker}`, cluster)] as const]),
    ...(stopped === undefined
      ? []
      : [['start what is stopped', hint(`start ${stopped}`, cluster)] as const]),
    ['stop, keeping the data', hint('down', cluster)],
    ['start again', hint(`up -f ${file}${served}`, cluster)],
  ];
  const width = Math.max(...steps.map(([what]) => what.length));
  return steps.map(([what, how]) => `${what.padEnd(width)}  ${how}`).join('\n');
}
