/**
 * A block of a manifest: fields that belong together, unknown ones refused.
 *
 * `block` is complete in itself: what is left out gets its default, so its type has every field
 * that has one. `template` is the same block as somebody else's default-free proposal: the umbrella
 * holds only what its user wrote, because only that may be owned by it on the child.
 */
import Type, {
  type Static,
  type TObject,
  type TOptional,
  type TProperties,
  type TUnsafe,
} from 'typebox';

export const block = <Properties extends TProperties>(
  properties: Properties,
  options: { readonly description?: string; readonly default?: unknown } = {},
) => Type.Object(properties, { additionalProperties: false, ...options });

export type Template<T> = T extends readonly (infer Item)[]
  ? readonly Template<Item>[]
  : T extends object
    ? { readonly [Name in keyof T]?: Template<T[Name]> | undefined }
    : T;

type TemplateFields<Properties extends TProperties> = {
  [Name in keyof Properties]: TOptional<TUnsafe<Template<Static<Properties[Name]>>>>;
};

/** Fields that may be there, with nothing filled in and nothing asked for inside of them. */
export function templateFields<Properties extends TProperties>(
  properties: Properties,
): TemplateFields<Properties> {
  const bare = Object.entries(properties).map(([name, field]) => {
    return [name, Type.Optional(Type.Unsafe(withoutDefaults(field)))] as const;
  });
  return Object.fromEntries(bare) as unknown as TemplateFields<Properties>;
}

/** As `templateFields`, as one block. */
export const template = <Properties extends TProperties>(
  schema: TObject<Properties>,
  description: string,
) => Type.Optional(block(templateFields(schema.properties), { description }));

function withoutDefaults(schema: object): object {
  const { default: _default, required: _required, ...rest } = schema as Record<string, unknown>;
  const { properties, items, ...own } = rest;
  const bare = (field: unknown) => withoutDefaults(field as object);
  return {
    ...own,
    ...(items === undefined ? {} : { items: bare(items) }),
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties as object).map(([name, field]) => [name, bare(field)]),
          ),
        }),
  };
}
