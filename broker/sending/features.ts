/**
 * Properties that ask the broker for more than storing the message. The fast path leaves them to
 * the slow one, which knows what to make of each; what this version cannot do is refused by name,
 * never stored as if it had not been asked for.
 */
import { Failure, PROPERTY } from '../../protocol/mod.ts';
import { PropertyNames } from '../../store/mod.ts';

/** What a sender asks for with a property, when its value is not one of `unless`. */
const unavailable: readonly (readonly [property: string, feature: string, unless: string[]])[] = [
  [PROPERTY.TRANSACTION, 'transactional messages', ['false']],
  [PROPERTY.DELAY, 'delay levels', ['0']],
  [PROPERTY.TIMER_DELAY_SECONDS, 'timed messages', []],
  [PROPERTY.TIMER_DELAY_MS, 'timed messages', []],
  [PROPERTY.TIMER_DELIVER_MS, 'timed messages', []],
  [PROPERTY.TIMER_DELETE_UNIQUE_KEY, 'recalling timed messages', []],
  [PROPERTY.INNER_NUM, 'batches stored as one record', []],
];

/** Never stored: a consumer's handle, which the broker would take for its own. */
export const STRIPPED = PROPERTY.POP_CHECK_POINT;

export const featureProperties: PropertyNames = new PropertyNames([
  ...unavailable.map(([property]) => property),
  STRIPPED,
]);

/** Throws for a message that wants a feature which is not there. */
export function requireAvailable(properties: ReadonlyMap<string, string>): void {
  for (const [property, feature, unless] of unavailable) {
    const value = properties.get(property);
    if (value === undefined || unless.includes(value.toLowerCase())) continue;
    throw new Failure(
      'IllegalMessage',
      `Cannot store the message: ${feature} are not supported by this version (property ${property}=${value})`,
    );
  }
}
