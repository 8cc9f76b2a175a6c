/**
 * Blocks of components that have no kind of their own yet. A cluster that asks for one is refused
 * with the reason, and so is a slip of the pen inside of it.
 */
import Type from 'typebox';
import { block } from './block.ts';
import { authBlock } from './blocks/access.ts';
import { imageFields } from './blocks/image.ts';
import { overridesBlock, podBlock } from './blocks/pod.ts';
import { probesBlock } from './blocks/probes.ts';
import { serviceBlock } from './blocks/service.ts';
import { storageBlock } from './blocks/storage.ts';
import { tlsBlock } from './blocks/tls.ts';
import { configField } from './role-config.ts';
import { duration, integer, oneOf } from './scalars.ts';

export const controllerBlock = block({
  ...imageFields,
  replicas: Type.Integer({ enum: [1, 3, 5], default: 3, description: 'Members of the quorum.' }),
  storage: storageBlock('5Gi'),
  electionTimeout: duration({ default: '1s', description: 'Silence before an election.' }),
  heartbeatTimeout: duration({ default: '10s', description: 'Silence before a broker is lost.' }),
  profile: oneOf(['Standard', 'Fast'], { default: 'Standard', description: 'Time-outs as a set.' }),
  config: configField(),
  tls: tlsBlock(),
  probes: probesBlock(),
  pod: podBlock(30),
  overrides: overridesBlock(),
});

const listener = (port: number, description: string) => ({
  port: integer(1, 65_535, { default: port, description }),
  service: serviceBlock(),
  advertised: Type.Optional(Type.String({ description: 'Address that clients are told.' })),
});

export const proxyBlock = block({
  ...imageFields,
  replicas: integer(0, 1000, { default: 2, description: 'Number of proxies.' }),
  autoscaled: Type.Boolean({ default: false, description: 'Leaves `replicas` to an autoscaler.' }),
  listeners: block(
    {
      grpc: block(listener(8081, 'Port of gRPC.'), { default: {} }),
      remoting: block(
        {
          enabled: Type.Boolean({ default: true, description: 'Whether it listens.' }),
          ...listener(8080, 'Port of the remoting protocol.'),
        },
        { default: {} },
      ),
    },
    { default: {}, description: 'Where clients connect.' },
  ),
  config: configField(),
  tls: tlsBlock(),
  auth: authBlock(),
  probes: probesBlock(),
  pod: podBlock(60),
  overrides: overridesBlock(),
});
