/**
 * The pages of the operator: a page for each kind with every field, and one with every word that
 * it uses in conditions, events, annotations and labels.
 */
import { definitions, type KindName, kinds, vocabulary } from '../operator/mod.ts';
import type { Source } from './architecture.ts';
import { code, table } from './markdown.ts';
import { page } from './reference.ts';

type Json = Readonly<Record<string, unknown>>;

export function kindPages(): Source[] {
  return Object.keys(definitions).map((kind) => ({
    path: `docs/reference/kinds/${kind.toLowerCase()}.md`,
    text: kindPage(kind as KindName),
  }));
}

function kindPage(kind: KindName): string {
  const { plural, shortName, doc, columns, scale } = definitions[kind];
  const { schema, status, rules, transitions, later } = kinds[kind];
  const { spec } = propertiesOf(schema);
  return page(kind, [
    `${doc} \`kubectl get ${plural}\`, or \`${shortName}\`; all kinds: \`kubectl get rocketmq\`.`,
    '',
    '## Spec',
    '',
    'A field without a default that need not be written is left out; a block is named by its fields.',
    '',
    ...table(['Field', 'Value', 'Default', 'Meaning'], fieldRows(spec, '')),
    ...(rules.length === 0 ? [] : ['', '## Rules', '', ...ruleTable(rules)]),
    ...(transitions.length === 0
      ? []
      : ['', '## What cannot change', '', ...ruleTable(transitions)]),
    ...(later.length === 0 ? [] : ['', '## Refused for now', '', ...laterTable(later)]),
    '',
    '## Status',
    '',
    ...table(
      ['Field', 'Value', 'Meaning'],
      fieldRows(status, '').map(([name = '', value = '', , meaning = '']) => [
        name,
        value,
        meaning,
      ]),
    ),
    '',
    '## Columns',
    '',
    ...table(
      ['Column', 'From', 'Shown'],
      columns.map(({ name, jsonPath, priority }) => [
        name.toUpperCase(),
        code(jsonPath),
        priority === 1 ? 'with `-o wide`' : 'always',
      ]),
    ),
    ...(scale === undefined
      ? []
      : ['', `\`kubectl scale\` and autoscalers set \`${scale.specReplicasPath}\`.`]),
  ]);
}

/** Blocks that another page tells in full. */
const CHILDREN: Readonly<Record<string, KindName>> = {
  nameServer: 'NameServer',
  controller: 'Controller',
  proxy: 'Proxy',
};

/** Name, value, default and meaning of every field below `schema` that holds a value. */
function fieldRows(schema: unknown, path: string): string[][] {
  const required = record(schema)['required'];
  return Object.entries(propertiesOf(schema)).flatMap(([name, field]) => {
    const here = path === '' ? name : `${path}.${name}`;
    const child = path === '' ? CHILDREN[name] : undefined;
    const isWanted = Array.isArray(required) && required.includes(name);
    const { type, items, 'x-kubernetes-preserve-unknown-fields': isOpaque } = record(field);
    const { name: setName } = here === 'brokerSets' ? propertiesOf(items) : {};
    const told = child ?? (setName === undefined ? undefined : 'BrokerSet');
    const own = [code(here), valueOf(field), defaultOf(field, isWanted), meaningOf(field, told)];
    if (child !== undefined || isOpaque === true) return [own];
    if (type === 'array') {
      const inner = setName === undefined ? items : { properties: { name: setName } };
      return [own, ...fieldRows(inner, `${here}[]`)];
    }
    const below = fieldRows(field, here);
    return below.length === 0 ? [own] : below;
  });
}

function valueOf(field: unknown): string {
  const { type, enum: words, minimum, maximum, expected, items, maxLength } = record(field);
  if (Array.isArray(words)) return words.map((word) => code(String(word))).join(' ');
  if (type === 'array') return `list of ${valueOf(items)}`;
  if (type === 'integer' && maximum !== undefined && Number(maximum) < 2 ** 31 - 1) {
    return `${Number(minimum)} to ${Number(maximum)}`;
  }
  if (typeof expected === 'string') return expected;
  if (type === 'string' && maxLength !== undefined) return `text, at most ${Number(maxLength)}`;
  const noun = NOUNS[String(type)];
  if (noun === undefined) throw new Error(`There is no word for a field of type ${String(type)}`);
  return noun;
}

const NOUNS: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'a block',
};

function defaultOf(field: unknown, isWanted: boolean): string {
  const { default: usual } = record(field);
  if (usual === undefined) return isWanted ? 'must be written' : '';
  return code(typeof usual === 'string' ? usual : JSON.stringify(usual));
}

function meaningOf(field: unknown, child: KindName | undefined): string {
  const { description: said } = record(field);
  const description = typeof said === 'string' ? said : '';
  if (child === undefined) return description;
  const link = `[${child}](${child.toLowerCase()}.md)`;
  return `${description} Fields of a ${link}, without those that say where it belongs.`.trim();
}

interface Told {
  readonly path: string;
  readonly message: unknown;
  readonly stated?: string | undefined;
}

function ruleTable(rules: readonly Told[]): readonly string[] {
  return table(
    ['Field', 'Rule'],
    rules.map(({ path, message, stated }) => [
      code(path.replace(/^spec\./, '')),
      stated ?? String(message),
    ]),
  );
}

/** What is refused with the reason, until its time comes. */
function laterTable(rows: (typeof kinds)[KindName]['later']): readonly string[] {
  return table(
    ['Field', 'By', 'Works', 'Why'],
    rows.map(({ path, reason, works, onlyIn }) => [
      code(path.replace(/^spec\./, '')),
      onlyIn === undefined ? 'everything' : '`gantry up`',
      works === undefined ? 'the default' : works.map((value) => code(String(value))).join(' '),
      `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`,
    ]),
  );
}

export function operatorPage(): string {
  const { conditionTypes, eventReasons, annotations, labels, finalizers, fieldManagers, gates } =
    vocabulary;
  const named = (rows: Readonly<Record<string, { name: string; doc: string }>>) =>
    Object.values(rows).map(({ name, doc }) => [code(name), doc]);
  return page('What the operator says', [
    'Every word that the operator writes into a status, an event or an object. The fields of its',
    'kinds are in [kinds/](kinds/).',
    '',
    '## Conditions',
    '',
    '`Reconciling` and `Stalled` are there only while they are true.',
    ...Object.entries(conditionTypes).flatMap(([type, { doc, reasons }]) => [
      '',
      `### ${type}`,
      '',
      doc,
      '',
      ...table(
        ['Reason', 'Meaning'],
        Object.entries(reasons).map(([reason, meaning]) => [code(reason), meaning]),
      ),
    ]),
    '',
    '## Events',
    '',
    ...table(
      ['Reason', 'Type', 'Meaning'],
      Object.entries(eventReasons).map(([reason, { type, doc }]) => [code(reason), type, doc]),
    ),
    '',
    '## Gates',
    '',
    'What a step that disturbs clients waits for; the message of `Reconciling` names the one that',
    'holds.',
    '',
    ...table(
      ['Gate', 'Holds unless'],
      Object.entries(gates).map(([gate, { doc }]) => [code(gate), doc]),
    ),
    '',
    '## Annotations',
    '',
    ...table(
      ['Annotation', 'Set by', 'Meaning'],
      Object.values(annotations).map(({ name, by, doc }) => [code(name), by, doc]),
    ),
    '',
    '## Labels',
    '',
    ...table(['Label', 'Meaning'], named(labels)),
    '',
    '## Finalizers',
    '',
    ...table(
      ['Finalizer', 'Kind', 'What it waits for'],
      Object.values(finalizers).map(({ name, kind, doc }) => [code(name), kind, doc]),
    ),
    '',
    '## Field managers',
    '',
    ...table(['Manager', 'Owns'], named(fieldManagers)),
  ]);
}

function propertiesOf(schema: unknown): Json {
  return record(record(schema)['properties']);
}

function record(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}
