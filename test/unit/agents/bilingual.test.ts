import { describe, expect, it } from 'vitest';
import { asJavaScript, asTypeScript } from '../../../functions/agents/domain/bilingual.ts';

const source = `/** @import { Page } from './page.ts' */
import { start } from './start.ts';
import { once } from 'node:events';

/** @import { Row } from './row.ts' */

/** Text alone stays. */
const limit = 1;

/**
 * Reads a page.
 *
 * @param {unknown} page
 * @returns {Row[]}
 */
export function read(page‹: unknown›)‹: Row[]› {
  const { rows } = /** @type {Page} */ (page);
  /** @type {Row[]} */
  const kept‹: Row[]› = rows;
  return kept;
}

/**
 * @typedef {object} Cell
 * @property {string} text
 */
‹interface Cell {
  text: string;
}
›
/**
 * Two lines
 * of text.
 *
 * @param {Cell} cell
 */
export function show(cell‹: Cell›)‹: void› {}
`;

describe('a bilingual template', () => {
  it('has the types of its TypeScript in the code alone', () => {
    expect(asTypeScript(source)).toBe(`import type { Page } from './page.ts';
import { start } from './start.ts';
import { once } from 'node:events';
import type { Row } from './row.ts';

/** Text alone stays. */
const limit = 1;

/** Reads a page. */
export function read(page: unknown): Row[] {
  const { rows } = page as Page;
  const kept: Row[] = rows;
  return kept;
}

interface Cell {
  text: string;
}

/**
 * Two lines
 * of text.
 */
export function show(cell: Cell): void {}
`);
  });

  it('has the types of its JavaScript in the comments alone', () => {
    expect(asJavaScript(source)).toBe(`/** @import { Page } from './page.js' */
import { start } from './start.js';
import { once } from 'node:events';

/** @import { Row } from './row.js' */

/** Text alone stays. */
const limit = 1;

/**
 * Reads a page.
 *
 * @param {unknown} page
 * @returns {Row[]}
 */
export function read(page) {
  const { rows } = /** @type {Page} */ (page);
  /** @type {Row[]} */
  const kept = rows;
  return kept;
}

/**
 * @typedef {object} Cell
 * @property {string} text
 */

/**
 * Two lines
 * of text.
 *
 * @param {Cell} cell
 */
export function show(cell) {}
`);
  });
});
