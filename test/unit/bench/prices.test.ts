import { describe, expect, it } from 'vitest';
import type { Price } from '../../../bench/prices.ts';
import { PRICES } from '../../../bench/prices.ts';

const prices = Object.entries<Price>(PRICES);

describe('a price', () => {
  it.each(prices)('says what it is for, who lists it and when it was looked up: %s', (_, price) => {
    expect(price.service).not.toBe('');
    expect(price.unit).not.toBe('');
    expect(price.source).toMatch(/pricing/);
    expect(price.on).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(Number.isNaN(Date.parse(price.on))).toBe(false);
    expect(['study', 'by hand']).toContain(price.checked);
  });

  it.each(prices)('is more than nothing, for more than nothing: %s', (_, { usd, per }) => {
    expect(usd).toBeGreaterThan(0);
    expect(per).toBeGreaterThan(0);
  });
});
