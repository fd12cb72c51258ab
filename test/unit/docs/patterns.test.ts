import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anchorsOf } from '../../support/markdown-anchors.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const PAGE = join(ROOT, 'docs', 'patterns.md');
const page = readFileSync(PAGE, 'utf8');

/** The patterns of the page: the name of each and its section, without the examples in it. */
const patterns = page
  .replace(/^( *)```[\s\S]*?^\1```$/gm, '')
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
    const named = [...page.matchAll(/`((?:functions|lib|test|docs|bench)\/[\w./-]*)`/g)].map(([, path = '']) => path);
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('links to no page or section that is not there', () => {
    const links = [...page.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(30);
    expect(links.filter((link) => !leadsSomewhere(link))).toEqual([]);
  });
});

function leadsSomewhere(link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const file = path === '' ? PAGE : join(dirname(PAGE), path);
  if (!existsSync(file)) return false;
  return anchor === undefined || anchorsOf(readFileSync(file, 'utf8')).includes(anchor);
}
