import * as fc from 'fast-check';
import type { JsonSchema } from '../../../functions/contracts/service-contract.ts';
import { KEYWORDS } from '../../../functions/services/domain/contracts/schema-keywords.ts';

/** Some that every object seems to have already. */
const name = fc.constantFrom('a', 'b', 'c d', 'toString', 'constructor', 'x/y~z');
const PATTERNS = ['^[a-z]+$', '^x_[0-9A-F]{4}$', '[0-9]', '^(red|green)$', '^[^ ]{2,6}$', '^\\d{2}-\\w+$'];
const pattern = fc.constantFrom(...PATTERNS);

/** A schema of the type, with each of the rules now and then. */
function typed(type: string, rules: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<JsonSchema> {
  const some = Object.entries(rules).map(
    ([keyword, rule]) => [keyword, fc.option(rule, { freq: 2, nil: undefined })] as const,
  );
  return fc.record(Object.fromEntries(some)).map((said) => {
    const kept = Object.entries(said).filter(([, value]) => value !== undefined);
    return { type, ...Object.fromEntries(kept) };
  });
}

const low = fc.integer({ min: 0, max: 2 });
const high = fc.integer({ min: 2, max: 7 });

const scalar: fc.Arbitrary<JsonSchema> = fc.oneof(
  typed('string', { minLength: low, maxLength: high }),
  typed('string', { minLength: low, pattern }),
  typed('string', { format: fc.constantFrom('date-time', 'email', 'uuid', 'uri', 'ipv4', 'iri') }),
  typed('integer', { minimum: low, maximum: high, multipleOf: fc.constantFrom(1, 2) }),
  typed('number', {
    exclusiveMinimum: low,
    exclusiveMaximum: high.map((bound) => bound + 1),
    multipleOf: fc.constant(0.5),
  }),
  fc.constantFrom({ type: 'boolean' }, { type: 'null' }, { type: ['string', 'null'] }, true, {}),
  fc.subarray([1, 'one', null, true, 2.5, 'two', { kind: 'a' }], { minLength: 1 }).map((values) => ({ enum: values })),
  fc.constantFrom(1, 'one', null, { kind: 'a' }).map((value) => ({ const: value })),
);

/** Small schemas of all kinds, some of which nothing fits. `#/$defs/node` is there for them to refer to. */
const { schema, object } = fc.letrec<{ schema: JsonSchema; object: JsonSchema; list: JsonSchema; mix: JsonSchema }>(
  (tie) => ({
    schema: fc.oneof({ maxDepth: 3, depthSize: 'small' }, scalar, tie('object'), tie('list'), tie('mix')),
    object: fc
      .tuple(
        fc.dictionary(name, tie('schema'), { maxKeys: 4 }),
        typed('object', {
          required: fc.uniqueArray(name, { maxLength: 3 }),
          additionalProperties: fc.oneof(fc.boolean(), scalar),
          patternProperties: fc.dictionary(pattern, scalar, { maxKeys: 1 }),
          dependentRequired: fc.dictionary(name, fc.uniqueArray(name, { maxLength: 2 }), { maxKeys: 1 }),
          minProperties: low,
          maxProperties: high,
          unevaluatedProperties: fc.constant(false),
        }),
      )
      .map(([properties, rules]) => ({ ...(rules as object), properties })),
    list: typed('array', {
      items: tie('schema'),
      prefixItems: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }),
      contains: scalar,
      minItems: low,
      maxItems: high,
      uniqueItems: fc.boolean(),
    }),
    mix: fc.oneof(
      fc
        .tuple(fc.constantFrom('anyOf', 'oneOf', 'allOf'), fc.array(tie('schema'), { minLength: 1, maxLength: 3 }))
        .map(([keyword, parts]) => ({ [keyword]: parts })),
      fc
        .tuple(tie('schema'), fc.constantFrom('then', 'else'), tie('schema'))
        .map(([one, keyword, other]) => ({ if: one, [keyword]: other })),
      tie('schema').map((one) => ({ not: one })),
      fc.constant({ $ref: '#/$defs/node' }),
    ),
  }),
);

const node = fc
  .dictionary(name, fc.oneof(scalar, fc.constant({ $ref: '#/$defs/node' })), { maxKeys: 3 })
  .map((properties) => ({ type: 'object', properties }));

export const anySchema: fc.Arbitrary<JsonSchema> = fc
  .tuple(fc.oneof({ weight: 3, arbitrary: object }, schema), node)
  .map(([root, defined]) => (typeof root === 'boolean' ? root : { ...root, $defs: { node: defined } }));

const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  schema,
  fc.constantFrom('#', '#/$defs/a', '#a', 'a', ['a'], [true], { a: true }),
);

/** What has the look of a schema: known keywords, mostly with values that they can't have. */
export const anyDraft: fc.Arbitrary<JsonSchema> = fc.dictionary(
  fc.oneof(fc.constantFrom(...KEYWORDS), fc.constantFrom('id', 'toString', '$async', 'nullable')),
  fc.oneof(anything, fc.dictionary(name, anything, { maxKeys: 2 })),
  { maxKeys: 4 },
);
