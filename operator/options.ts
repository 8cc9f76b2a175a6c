/** Every option of `gantry operator`. */
import { type ConfigOf, everyRole, flag, integer, type Schema, text } from '../config/mod.ts';
import { findLabelSelector } from './kube/label-selector.ts';

const NAMESPACE = '[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?';

const operatorOptions = {
  kubeconfig: text({
    fallback: '',
    doc: 'The kubeconfig file; empty: `KUBECONFIG`, `~/.kube/config`, or the account of the pod.',
  }),
  namespaces: text({
    fallback: '',
    pattern: new RegExp(`^(?:${NAMESPACE}(?:,${NAMESPACE})*)?$`),
    expected: 'namespaces separated by commas',
    doc: 'The namespaces to act in, for which Roles do; empty: all, which takes a ClusterRole.',
  }),
  selector: text({
    fallback: '',
    doc: 'Labels of the objects to act on, as in `kubectl get -l`; empty: every object.',
  }),
  concurrency: integer({
    fallback: 10,
    min: 1,
    max: 100,
    doc: 'Objects of one kind that are worked on at once.',
  }),
  leaderElection: flag({
    fallback: true,
    doc: 'Act only while holding the lease. Off only where there is certainly no second operator.',
  }),
  leaseName: text({
    fallback: 'gantry-operator',
    pattern: /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/,
    expected: 'a name of small letters, digits and dashes',
    doc: 'The lease; another one for each operator with a selector of its own.',
  }),
  leaseNamespace: text({
    fallback: '',
    pattern: new RegExp(`^(?:${NAMESPACE})?$`),
    expected: 'a namespace',
    doc: 'Namespace of the lease; empty: the one of the kubeconfig or of the pod.',
  }),
  imageRepository: text({
    fallback: 'gantry',
    pattern: /^[a-z0-9]\S*[^\s:/]$/,
    expected: 'a repository of images without a tag, as in registry.example/gantry',
    doc: 'Where the image of a component is whose manifest names no `image`; its tag is the version.',
  }),
  bindAddress: text({ fallback: '0.0.0.0', doc: 'The address to listen on.' }),
  ...everyRole,
} as const;

export type OperatorConfig = ConfigOf<typeof operatorOptions>;

export const operatorSchema: Schema<typeof operatorOptions> = {
  role: 'operator',
  options: operatorOptions,
  elsewhere: { ignored: [], refused: {} },
  check: ({ selector }) => {
    if (findLabelSelector(selector) !== undefined) return [];
    return [`selector is "${selector}", expected labels as in "tier=gold,!test"`];
  },
};
