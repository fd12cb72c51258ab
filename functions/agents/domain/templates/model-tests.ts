import type { ResourceName } from '../resource-name.ts';

/** `test/<singular>-input.test.ts` of the generated project: what is accepted from a client and what is not. */
export function modelTests({ singular, plural, typeName }: ResourceName): string {
  return `import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HttpError } from '../src/errors.ts';
import { parse${typeName}Changes, parse${typeName}Input } from '../src/${plural}/${singular}.ts';

/** The fields that a body is refused for. */
function faultyFields(body: unknown): string[] {
  try {
    parse${typeName}Input(body);
    return [];
  } catch (error) {
    assert.ok(error instanceof HttpError);
    assert.equal(error.status, 400);
    return error.details.map(({ field }) => field);
  }
}

describe('parse${typeName}Input', () => {
  test('trims the name and fills in an absent description', () => {
    assert.deepEqual(parse${typeName}Input({ name: '  Tidy  ' }), { name: 'Tidy', description: null });
  });

  test('accepts the longest texts', () => {
    assert.deepEqual(faultyFields({ name: 'n'.repeat(100), description: 'd'.repeat(1000) }), []);
  });

  for (const body of [undefined, null, [], 'text', 1]) {
    test(\`refuses \${JSON.stringify(body)} as a whole\`, () => {
      assert.throws(() => parse${typeName}Input(body), /must be a JSON object/);
    });
  }

  for (const name of [undefined, null, '', '   ', 1, {}, 'n'.repeat(101)]) {
    test(\`refuses the name \${JSON.stringify(name)?.slice(0, 12)}\`, () => {
      assert.deepEqual(faultyFields({ name }), ['name']);
    });
  }

  test('lists every fault at once', () => {
    assert.deepEqual(faultyFields({ name: 7, description: 'd'.repeat(1001), nmae: 'typo' }), [
      'name',
      'description',
      'nmae',
    ]);
  });
});

describe('parse${typeName}Changes', () => {
  const current = { name: 'Current', description: 'Before' };

  test('keeps what is left out and clears what is null', () => {
    assert.deepEqual(parse${typeName}Changes(current, {}), current);
    assert.deepEqual(parse${typeName}Changes(current, { description: null }), { name: 'Current', description: null });
  });

  test('checks what is given', () => {
    assert.throws(() => parse${typeName}Changes(current, { name: '' }), HttpError);
    assert.throws(() => parse${typeName}Changes(current, []), HttpError);
  });
});
`;
}
