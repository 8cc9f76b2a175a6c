/** Conditions as they stand in a status: those of Kubernetes, one a type. */
import Type, { type Static } from 'typebox';
import { block } from '../block.ts';
import { integer, listMap, oneOf, time } from '../scalars.ts';
import type { StatedCondition } from '../vocabulary/conditions.ts';

const conditionFields = block({
  type: Type.String({ maxLength: 64, description: 'What it is about.' }),
  status: oneOf(['True', 'False', 'Unknown'], { description: 'Whether it is so.' }),
  reason: Type.String({ maxLength: 64, description: 'Why, in one word.' }),
  message: Type.String({ maxLength: 32_768, description: 'Why, for a person.' }),
  lastTransitionTime: time({ description: 'When `status` changed last.' }),
  observedGeneration: Type.Optional(
    integer(0, Number.MAX_SAFE_INTEGER, { description: 'Generation that it was found for.' }),
  ),
});

/** A condition in a status; its words are those of the vocabulary. */
export type Condition = StatedCondition &
  Pick<Static<typeof conditionFields>, 'lastTransitionTime' | 'observedGeneration'>;

export const conditionList = () =>
  Type.Optional(
    Type.Unsafe<readonly Condition[]>(
      listMap(conditionFields, ['type'], { maxItems: 32, description: 'What is known of it.' }),
    ),
  );
