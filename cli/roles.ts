/** The roles that a process can play, each loaded only when it is to be played. */
import { type RoleArguments, runRole } from './role.ts';
import { ownVersion } from './version.ts';

export const roles: Readonly<Record<string, (options: RoleArguments) => Promise<void>>> = {
  nameserver: async (options) => {
    const { nameServerSchema, startNameServer } = await import('../nameserver/mod.ts');
    await runRole({ schema: nameServerSchema, start: startNameServer }, options);
  },
  broker: async (options) => {
    const { brokerSchema, startBroker } = await import('../broker/mod.ts');
    await runRole({ schema: brokerSchema, start: startBroker }, options);
  },
  operator: async (options) => {
    const { keyTable, operatorSchema, startOperator } = await import('../operator/mod.ts');
    const { nameServerSchema } = await import('../nameserver/mod.ts');
    const { brokerSchema } = await import('../broker/mod.ts');
    const keys = { broker: keyTable(brokerSchema), nameServer: keyTable(nameServerSchema) };
    const version = ownVersion();
    await runRole(
      {
        schema: operatorSchema,
        start: (runtime, config) => startOperator(runtime, config, { version, keys }),
        managesItself: true,
      },
      options,
    );
  },
};
