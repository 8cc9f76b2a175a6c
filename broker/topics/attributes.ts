/**
 * The attributes a topic may have, and how an operator changes them: `+name=value` sets, `-name`
 * takes away, separated by commas (`TopicAttributes`).
 */

interface Attribute {
  readonly allows: (value: string) => boolean;
  readonly expected: string;
  /** What it decides is on disk: it stays what it was when the topic was created. */
  readonly isFixed?: boolean;
}

const oneOf = (...choices: string[]): Omit<Attribute, 'isFixed'> => ({
  allows: (value) => choices.includes(value),
  expected: `one of ${choices.join(', ')}`,
});

const known: Readonly<Record<string, Attribute>> = {
  'message.type': oneOf('UNSPECIFIED', 'NORMAL', 'FIFO', 'DELAY', 'TRANSACTION', 'MIXED'),
  'queue.type': { ...oneOf('SimpleCQ'), isFixed: true },
  'cleanup.policy': { ...oneOf('DELETE'), isFixed: true },
  'reserve.time': {
    allows: (value) => /^-?\d{1,9}$/.test(value) && Number(value) >= -1,
    expected: 'a whole number of hours, -1 or more',
  },
};

export type Attributes = ReadonlyMap<string, string>;
export type Changed = { readonly attributes: Attributes } | { readonly problem: string };

/** `+a=b,-c` as the changes it asks for; names keep their sign. */
export function parseAttributes(text: string): Attributes {
  const pairs = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part): [string, string] => {
      const equals = part.indexOf('=');
      return equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
    });
  return new Map(pairs);
}

/** The attributes after `changes`, or why they cannot be made. `current` is empty for a new topic. */
export function changeAttributes(
  current: Attributes,
  changes: Attributes,
  isNew: boolean,
): Changed {
  const next = new Map(current);
  for (const [signed, value] of changes) {
    const name = signed.slice(1);
    const attribute = Object.hasOwn(known, name) ? known[name] : undefined;
    const problem = problemOf(signed, value, attribute, isNew);
    if (problem !== undefined) return { problem };
    if (signed.startsWith('+')) next.set(name, value);
    else next.delete(name);
  }
  return { attributes: next };
}

function problemOf(
  signed: string,
  value: string,
  attribute: Attribute | undefined,
  isNew: boolean,
): string | undefined {
  const [sign] = signed;
  const name = signed.slice(1);
  if (sign !== '+' && sign !== '-') return `attribute "${signed}": expected + or - before its name`;
  if (attribute === undefined) {
    return `attribute "${name}" is unknown, expected one of ${Object.keys(known).join(', ')}`;
  }
  if (sign === '-' && isNew) return `attribute "${name}" cannot be taken from a new topic`;
  if (attribute.isFixed === true && !isNew) {
    return `attribute "${name}" can only be set at creation`;
  }
  if (sign === '+' && !attribute.allows(value)) {
    return `attribute "${name}" is "${value}", expected ${attribute.expected}`;
  }
  return undefined;
}
