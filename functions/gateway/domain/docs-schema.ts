import type { ApiSchema } from './docs-model.ts';
import { anchor, nameOf } from './docs-model.ts';
import type { Html } from './html.ts';
import { html, joined, NOTHING, prose } from './html.ts';

/** In a few words, with links to components: `list of Task`, `string or null`. */
export function typeOf(schema: ApiSchema): Html {
  const name = nameOf(schema);
  if (name !== undefined) return html`<a href="#${anchor('schema', name)}">${name}</a>`;
  const choices = alternatives(schema);
  if (choices.length > 0) return joined(choices.map(typeOf), ' or ');
  if (schema.items) return html`list of ${typeOf(schema.items)}`;
  if (isMap(schema)) return html`map of ${typeOf(schema.additionalProperties)}`;
  return html`${[schema.type ?? 'anything'].flat().join(' or ')}`;
}

function alternatives({ anyOf, oneOf }: ApiSchema): ApiSchema[] {
  return anyOf ?? oneOf ?? [];
}

function isMap(schema: ApiSchema): schema is ApiSchema & { additionalProperties: ApiSchema } {
  return typeof schema.additionalProperties === 'object' && schema.properties === undefined;
}

const OR = html`<p>or</p>`;

/** What a value must keep to, and what it is where it is left out; empty where the type says it all. */
export function limitsOf(schema: ApiSchema): Html {
  const { minLength, maxLength, minItems, maxItems } = schema;
  const all = [
    schema.const === undefined ? NOTHING : html`always ${code(schema.const)}`,
    schema.enum ? html`one of ${joined(schema.enum.map(code), ', ')}` : NOTHING,
    schema.format ? html`format ${code(schema.format)}` : NOTHING,
    schema.pattern ? html`pattern ${code(schema.pattern)}` : NOTHING,
    range({ from: minLength, to: maxLength }, ' characters'),
    range({ from: minItems, to: maxItems }, ' items'),
    ...numberLimits(schema),
    within('each', schema.items),
    within('each name', schema.propertyNames),
    within('each value', isMap(schema) ? schema.additionalProperties : undefined),
    schema.default === undefined ? NOTHING : html`default ${code(schema.default)}`,
  ];
  return joined(
    all.filter((one) => one.markup !== ''),
    '; ',
  );
}

/** zod gives every integer the limits of what JavaScript counts exactly; they are nobody's rule. */
function numberLimits(schema: ApiSchema): Html[] {
  const chosen = (limit: number | undefined): number | undefined =>
    limit === undefined || Math.abs(limit) >= Number.MAX_SAFE_INTEGER ? undefined : limit;
  return [
    range({ from: chosen(schema.minimum), to: chosen(schema.maximum) }, ''),
    schema.exclusiveMinimum === undefined ? NOTHING : html`above ${schema.exclusiveMinimum}`,
    schema.exclusiveMaximum === undefined ? NOTHING : html`below ${schema.exclusiveMaximum}`,
  ];
}

function range({ from, to }: { from: number | undefined; to: number | undefined }, unit: string): Html {
  if (from !== undefined && to !== undefined) return from === to ? html`${from}${unit}` : html`${from} to ${to}${unit}`;
  if (from !== undefined) return html`at least ${from}${unit}`;
  return to === undefined ? NOTHING : html`at most ${to}${unit}`;
}

function within(what: string, inner: ApiSchema | undefined): Html {
  const limits = inner ? limitsOf(inner) : NOTHING;
  return limits.markup === '' ? NOTHING : html`${what}: ${limits}`;
}

/** Texts as they are, other values as JSON. */
function code(value: unknown): Html {
  return html`<code>${typeof value === 'string' ? value : JSON.stringify(value)}</code>`;
}

/** The fields of an object, each with what it holds folded in; empty where there are none. */
export function fieldsOf({ properties = {}, required = [] }: ApiSchema): Html {
  const names = Object.keys(properties);
  if (names.length === 0) return NOTHING;
  const items = names.map((name) => field(name, properties[name] as ApiSchema, required.includes(name)));
  return html`<ul class="fields">${items}</ul>`;
}

function field(name: string, schema: ApiSchema, isRequired: boolean): Html {
  return html`<li><code class="name">${name}</code> <span class="type">${typeOf(schema)}</span> ${presence(isRequired)}
${about(schema)}${folded(schema, name)}</li>
`;
}

export function presence(isRequired: boolean): Html {
  return isRequired ? html`<b class="required">required</b>` : html`<span class="optional">optional</span>`;
}

/** A schema's description and limits, each a paragraph. */
export function about(schema: ApiSchema, description = schema.description): Html {
  const limits = limitsOf(schema);
  return html`${description ? html`<p>${prose(description)}</p>` : NOTHING}${limits.markup === '' ? NOTHING : html`<p class="limits">${limits}</p>`}`;
}

/** The fields that lie inside a value which has a name, behind a click; empty where it has none of its own. */
export function folded(schema: ApiSchema, name: string): Html {
  const inside = innerFields(schema);
  if (inside.length === 0) return NOTHING;
  return html`<details><summary>Fields of <code>${name}</code></summary>${joined(inside, OR)}</details>`;
}

/** Of the object, of its list's or map's items, or of each of its alternatives. */
function innerFields(schema: ApiSchema): Html[] {
  const own = fieldsOf(schema);
  if (own.markup !== '') return [own];
  const inner = [schema.items, isMap(schema) ? schema.additionalProperties : undefined, ...alternatives(schema)];
  return inner.filter((one) => one !== undefined).flatMap(innerFields);
}

/** What a schema says besides its type, with its fields open: for a component or a body. */
export function schemaView(schema: ApiSchema): Html {
  return html`${about(schema)}${joined(innerFields(schema), OR)}`;
}
