/** The commands of `gantry`, none of them loaded before it is asked for. */

import { Command, Option } from 'commander';
import { addAdmin } from './admin/commands.ts';
import { DEFAULT_NAME_SERVER } from './default-name-server.ts';
import { DEFAULT_STATE } from './hint.ts';
import { needs } from './needed-option.ts';
import { explainUsageErrors } from './usage-errors.ts';
import { ownVersion } from './version.ts';

const nameOption = () =>
  new Option('--name <cluster>', 'the local cluster; needed when there are several');
const stateOption = () =>
  new Option('--state <folder>', 'where local clusters keep their state and data').default(
    DEFAULT_STATE,
  );
const outputOption = () =>
  new Option('-o, --output <form>', 'how to print it').choices(['table', 'json']).default('table');

export function program(): Command {
  const gantry = new Command('gantry')
    .description("A messaging cluster that speaks Apache RocketMQ 5's protocols.")
    .version(ownVersion(), '-v, --version')
    .exitOverride()
    .hook('preSubcommand', async (_gantry, command) => {
      // Who plays a role without further ado never comes here: see role-line.ts.
      const { addKeys } = await import('./role-help.ts');
      await addKeys(command);
    });
  addRoles(gantry);
  addCluster(gantry);
  addPods(gantry);
  addAdmin(gantry);
  gantry
    .command('version')
    .description('print the version')
    .action(() => {
      process.stdout.write(`gantry ${ownVersion()} (Node ${process.version})\n`);
    });
  explainUsageErrors(gantry);
  return gantry;
}

function addRoles(gantry: Command): void {
  const descriptions = {
    nameserver: 'run a name server in the foreground, from a namesrv.conf',
    broker: 'run a broker in the foreground, from a broker.conf',
    operator:
      'run the operator in the foreground: it makes clusters of the manifests in a Kubernetes',
  };
  for (const [role, description] of Object.entries(descriptions)) {
    gantry
      .command(role)
      .description(description)
      .argument('[key=value...]', 'keys on top of the file')
      .option('-c, --config-file <file>', "properties, as RocketMQ's own file has them")
      .action(async (assignments: string[], { configFile }: { configFile?: string }) => {
        const { roles } = await import('./roles.ts');
        await roles[role]?.({ file: configFile, assignments });
      });
  }
}

function addCluster(gantry: Command): void {
  needs(
    gantry.command('up'),
    '-f, --file <manifest>',
    'YAML with a RocketMQCluster; - for standard input',
  )
    .description('run the cluster of a manifest as local processes')
    .option('--name <cluster>', 'call it so, whatever the manifest says')
    .option('--nameserver <host:port>', 'where the first name server listens', DEFAULT_NAME_SERVER)
    .option('--timeout <seconds>', 'how long to wait until it is ready', '120')
    .option('--attach', 'stay with the logs; Ctrl-C stops the cluster')
    .addOption(stateOption())
    .action(async (options) => (await import('./commands/up.ts')).up(options));
  gantry
    .command('down')
    .description('stop a local cluster; its data stays')
    .option('--delete-data', 'delete the data too')
    .option('--yes', 'do not ask')
    .addOption(nameOption())
    .addOption(stateOption())
    .action(async (options) => (await import('./commands/down.ts')).down(options));
  gantry
    .command('status')
    .description('show a local cluster; without --name all that run, as JSON one document each')
    .addOption(outputOption())
    .addOption(nameOption())
    .addOption(stateOption())
    .action(async (options) => (await import('./commands/status.ts')).status(options));
  gantry
    .command('supervise', { hidden: true })
    .argument('<state>')
    .argument('<cluster>')
    .action(async (state: string, cluster: string) => {
      const { supervise } = await import('./local/main.ts');
      await supervise(state, cluster);
    });
}

function addPods(gantry: Command): void {
  gantry
    .command('logs')
    .description('show what the pods of a local cluster said')
    .argument('[pod]', 'one of them; all when left out')
    .option('-f, --follow', 'go on with what they say')
    .option('-l, --lines <count>', 'how many of the last lines, of all pods together', '100')
    .addOption(nameOption())
    .addOption(stateOption())
    .action(async (pod, options) => (await import('./commands/logs.ts')).logs(pod, options));
  const descriptions = {
    stop: 'stop one pod cleanly; it stays stopped',
    start: 'start a pod that was stopped',
    kill: 'kill one pod as a crash would (kill -9); it is started again',
  } as const;
  for (const want of ['stop', 'start', 'kill'] as const) {
    gantry
      .command(want)
      .description(descriptions[want])
      .argument('<pod>')
      .addOption(nameOption())
      .addOption(stateOption())
      .action(async (pod, options) => {
        const { changePod } = await import('./commands/pods.ts');
        await changePod(want, pod, options);
      });
  }
}
