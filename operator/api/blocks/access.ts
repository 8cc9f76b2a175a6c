/** Who may use a component, and what watches it: authentication, network policy, monitoring. */
import Type from 'typebox';
import { block } from '../block.ts';
import { oneOf } from '../scalars.ts';

export const authBlock = () =>
  block(
    {
      enabled: Type.Boolean({ default: false, description: 'Whether users must authenticate.' }),
      adminSecretName: Type.Optional(
        Type.String({ description: 'Secret with the first administrator.' }),
      ),
    },
    { default: {}, description: 'Authentication and authorization.' },
  );

export const networkPolicyBlock = () =>
  block(
    {
      enabled: Type.Boolean({
        default: false,
        description: 'Whether only peers and clients may connect.',
      }),
    },
    { default: {}, description: 'NetworkPolicy of the pods.' },
  );

const presence = (description: string) =>
  oneOf(['Auto', 'Enabled', 'Disabled'], { default: 'Auto', description });

export const monitoringBlock = () =>
  block(
    {
      podMonitor: presence(
        'A PodMonitor of its pods; Auto: where Kubernetes knows the kind, which is asked again and again.',
      ),
      prometheusRule: presence(
        'A PrometheusRule with its recording and alert rules; Auto: likewise.',
      ),
      dashboards: Type.Boolean({
        default: false,
        description: 'A ConfigMap with a Grafana dashboard of it, labelled grafana_dashboard.',
      }),
    },
    {
      default: {},
      description: 'What the monitoring stack is given, with the labels of the cluster.',
    },
  );
