import { describe, expect, it } from 'vitest';
import { mergePatch } from '../../../functions/dead-letters/domain/merge-patch.ts';

describe('a merge patch', () => {
  // RFC 7396, appendix A, all of it.
  it.each([
    ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
    ['{"a":"b"}', '{"a":null}', '{}'],
    ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
    ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
    ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
    ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
    ['["a","b"]', '["c","d"]', '["c","d"]'],
    ['{"a":"b"}', '["c"]', '["c"]'],
    ['{"a":"foo"}', 'null', 'null'],
    ['{"a":"foo"}', '"bar"', '"bar"'],
    ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
    ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
    ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
  ])('on %s that is %s gives %s', (target, patch, result) => {
    const before = JSON.parse(target);
    expect(JSON.stringify(mergePatch(before, JSON.parse(patch)))).toBe(result);
    expect(JSON.stringify(before)).toBe(target);
  });

  it('takes a field by any name for a field', () => {
    const patched = mergePatch(JSON.parse('{"__proto__":{"a":1},"toString":1}'), JSON.parse('{"constructor":{"b":2}}'));
    expect(JSON.stringify(patched)).toBe('{"__proto__":{"a":1},"toString":1,"constructor":{"b":2}}');
    expect(Object.getPrototypeOf(patched)).toBe(Object.prototype);
  });
});
