import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openApiDocument } from '../../../functions/gateway/adapters/openapi.ts';
import type { ApiDocument } from '../../../functions/gateway/domain/docs-model.ts';
import { docsPage } from '../../../functions/gateway/domain/docs-page.ts';
import { html, prose } from '../../../functions/gateway/domain/html.ts';
import { contracts } from '../../support/api/api-routes.ts';
import { DRILL, runs } from '../../support/seeds.ts';
import { decoded, tagsOf, textOf } from './markup.ts';

const document = openApiDocument(await contracts());
const honest = tagsOf(docsPage(document));
/** Lines make breaks, which an honest file may have none of. */
const TAGS = new Set(['br', ...honest.map(({ name }) => name)]);
const ATTRIBUTES = new Set(honest.flatMap(({ attributes }) => Object.keys(attributes)));

const text = fc.string({ unit: 'binary' });
/** What would break out of a text, an attribute, a style, a comment or our own notation. */
const evil = fc
  .tuple(
    fc.constantFrom(
      '<x-evil>',
      '"><x-evil onclick="x',
      '" onmouseover="x',
      "' onmouseover='x",
      '</style><x-evil>',
      '</code></pre><x-evil>',
      '<!-- ',
      '&lt;x-evil&gt;<x-evil>',
      '`<x-evil>`',
      '\n<x-evil>',
    ),
    text,
  )
  .map(([start, rest]) => start + rest);

/** The objects whose keys are data. */
const NAME_MAPS = new Set(['paths', 'schemas', 'properties', 'content', 'responses']);

interface Poison {
  texts: string[];
  /** Which of the texts that come along get some; the others keep the file's structure alive. */
  hits: boolean[];
}

/** Adds text to the texts and names of a file. */
function poisoned({ texts, hits }: Poison): ApiDocument {
  let seen = 0;
  const worse = (given: string): string => {
    seen += 1;
    return hits[seen % hits.length] ? given + texts[seen % texts.length] : given;
  };
  const walk = (value: unknown, at: string, above: string): unknown => {
    if (typeof value === 'string') return worse(value);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((one) => walk(one, '', ''));
    const named = NAME_MAPS.has(at) || above === 'paths';
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [named ? worse(key) : key, walk(inner, key, at)]),
    );
  };
  return walk(document, '', '') as ApiDocument;
}

describe('a text of the OpenAPI file', () => {
  it('never becomes markup of its page, whichever field it stands in', DRILL, () => {
    const poison = fc.record({
      texts: fc.array(evil, { minLength: 1, maxLength: 7 }),
      hits: fc.array(fc.boolean(), { minLength: 53, maxLength: 53 }).map(([, ...hits]) => [true, ...hits]),
    });
    fc.assert(
      fc.property(poison, (given) => {
        const page = docsPage(poisoned(given));
        const tags = tagsOf(page);
        expect(tags.filter(({ name }) => !TAGS.has(name))).toEqual([]);
        const attributes = tags.flatMap((tag) => Object.keys(tag.attributes));
        expect(attributes.filter((name) => !ATTRIBUTES.has(name))).toEqual([]);
        expect(decoded(page)).toMatch(/x-evil|onmouseover|<!-- /);
      }),
      { numRuns: runs() },
    );
  });

  it('is read on its page as it was written', DRILL, () => {
    fc.assert(
      fc.property(evil, (given) => {
        const { markup } = html`<p title="${given}">${given}</p>`;
        expect(tagsOf(markup)[0]?.attributes).toEqual({ title: given });
        expect(decoded(markup.replace(/<[^>]*>/g, ''))).toBe(given);
      }),
      { numRuns: runs() },
    );
  });

  it('keeps its words and its code where it is prose', () => {
    const { markup } = prose('Use `a<b` & not `c`.\nOr `this');
    expect(markup).toBe('Use <code>a&lt;b</code> &amp; not <code>c</code>.<br>Or `this');
    expect(textOf(markup)).toBe('Use a<b & not c . Or `this');
  });
});
