import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { followed, writtenLines } from '../../support/guide.ts';
import {
  calledScripts,
  isScript,
  isThere,
  leadsSomewhere,
  linksOf,
  namedFiles,
  withoutExamples,
} from '../../support/page-text.ts';

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
    const named = namedFiles(guide);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((path) => !(path in lines) && !isThere(path))).toEqual([]);
  });

  it('links to no page or section that is not there', () => {
    const links = linksOf(withoutExamples(guide));
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((link) => !leadsSomewhere(GUIDE, link))).toEqual([]);
  });

  it('calls no script that package.json has not', () => {
    const called = calledScripts(guide);
    expect(called.length).toBeGreaterThan(0);
    expect(called.filter((name) => !isScript(name))).toEqual([]);
  });
});
