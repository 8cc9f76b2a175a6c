/** Every table of words, for the reference page. */
import { annotations } from './annotations.ts';
import { conditionTypes } from './conditions.ts';
import { eventReasons } from './events.ts';
import { fieldManagers } from './field-managers.ts';
import { finalizers } from './finalizers.ts';
import { gates } from './gates.ts';
import { labels } from './labels.ts';

export const vocabulary = {
  conditionTypes,
  eventReasons,
  annotations,
  labels,
  finalizers,
  fieldManagers,
  gates,
};
