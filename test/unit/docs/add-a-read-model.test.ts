import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { followed, writtenLines } from '../../support/guide.ts';
import { anchorsOf } from '../../support/markdown-anchors.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const GUIDE = join(ROOT, 'docs', 'guides', 'add-a-read-model.md');
const guide = readFileSync(GUIDE, 'utf8');
const lines = writtenLines(guide);
const sum = (amounts: readonly number[]): number => amounts.reduce((before, amount) => before + amount, 0);

/** The rows of the guide's table: the files of a step, and how many lines it says they take. */
const told = [...guide.matchAll(/^\| \[.+?\]\(#.+?\) +\| (.+?) +\| (\d+) +\|$/gm)].map(([, where = '', amount]) => ({
  paths: [...where.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path),
  amount: Number(amount),
}));

describe('the guide to a read model', () => {
  it('can be followed by itself; in a copy of the tree the test of the guide to a feature follows it', () => {
    expect(Object.keys(followed(guide)).length).toBeGreaterThan(told.length);
  });

  it('has as many lines written in each step as it says', () => {
    expect(told.length).toBeGreaterThan(0);
    for (const { paths, amount } of told) expect(sum(paths.map((path) => lines[path] ?? 0)), paths.join()).toBe(amount);
  });

  it('counts all that ships, and that is under 50 lines', () => {
    const shipped = Object.keys(lines).filter((path) => /^(functions|lib|state-machines)\//.test(path));
    expect(told.flatMap(({ paths }) => paths).sort()).toEqual(shipped.sort());
    const amount = sum(shipped.map((path) => lines[path] ?? 0));
    expect(amount).toBeLessThan(50);
    const said = [...guide.matchAll(/(?:It takes|Those are the) (\d+) lines/g)].map(([, number]) => Number(number));
    expect(said).toEqual([amount, amount]);
  });

  it('names no file that is neither there nor made by it', () => {
    const named = [...guide.matchAll(/`((?:functions|lib|test|docs)\/[\w./-]*)`/g)].map(([, path = '']) => path);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((path) => !(path in lines) && !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('links to no page or section that is not there', () => {
    const text = guide.replace(/^```[\s\S]*?^```$/gm, '');
    const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((link) => !leadsSomewhere(link))).toEqual([]);
  });

  it('calls no script that package.json has not', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const called = [...guide.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);
    expect(called.length).toBeGreaterThan(0);
    expect(called.filter((name) => !(name in scripts))).toEqual([]);
  });
});

function leadsSomewhere(link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const file = path === '' ? GUIDE : join(dirname(GUIDE), path);
  return existsSync(file) && (anchor === undefined || anchorsOf(readFileSync(file, 'utf8')).includes(anchor));
}
