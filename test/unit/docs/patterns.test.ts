import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anchorsOf } from '../../support/markdown-anchors.ts';
import { isThere, leadsSomewhere, linksOf, namedFiles, withoutExamples } from '../../support/page-text.ts';

const PAGE = join(import.meta.dirname, '..', '..', '..', 'docs', 'patterns.md');
const page = readFileSync(PAGE, 'utf8');

/** The patterns of the page: the name of each and its section, without the examples in it. */
const patterns = withoutExamples(page)
  .split(/^### /m)
  .slice(1)
  .map((text) => {
    const [name = '', ...lines] = text.split('\n');
    return { name, section: lines.join('\n') };
  });

/** What is said of each pattern, in this order; some say more in between. */
const SAID = ['Promise', 'Shape', 'Where', 'Use', 'Limits'];

describe('the page on patterns', () => {
  it('begins with a table of all of them, in their order', () => {
    const rows = [...page.matchAll(/^\| \[(.+?)\]\(#(.+?)\) +\| \S.* \|$/gm)].map(([, name, anchor]) => ({
      name,
      anchor,
    }));
    expect(rows.length).toBeGreaterThan(0);
    expect(rows).toEqual(patterns.map(({ name }) => ({ name, anchor: anchorsOf(`# ${name}`)[0] })));
  });

  it.each(patterns)(
    'says of "$name" what it promises, its shape, where it is, how it is used, and its limits',
    (one) => {
      const said = [...one.section.matchAll(/^- \*\*(\w+)[^*]*\.\*\* \S/gm)].map(([, label = '']) => label);
      expect([...new Set(said.filter((label) => SAID.includes(label)))]).toEqual(SAID);
      expect(one.section).toMatch(/`test\/[^`]+`/);
    },
  );

  it('names no file that is not there', () => {
    const named = namedFiles(page);
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter((path) => !isThere(path))).toEqual([]);
  });

  it('links to no page or section that is not there', () => {
    const links = linksOf(page).filter((link) => !/^https?:/.test(link));
    expect(links.length).toBeGreaterThan(30);
    expect(links.filter((link) => !leadsSomewhere(PAGE, link))).toEqual([]);
  });
});
