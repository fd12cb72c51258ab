import { Ajv2020 } from 'ajv/dist/2020.js';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { JsonSchema } from '../../../../functions/contracts/service-contract.ts';
import { schemaEngine } from '../../../../functions/services/adapters/contract-tester.ts';
import { contractBreaks } from '../../../../functions/services/domain/contracts/contract-breaks.ts';
import type { OperationCases } from '../../../../functions/services/domain/contracts/contract-cases.ts';
import { casesOf } from '../../../../functions/services/domain/contracts/contract-cases.ts';
import { contractFaults } from '../../../../functions/services/domain/contracts/json-schema-rules.ts';
import { DRILL, runs } from '../../../support/seeds.ts';
import { contractOf, operation } from '../../../support/services/contract-samples.ts';
import { anySchema } from '../../../support/services/contract-schemas.ts';

/** A judge of its own making, with the engine for patterns that comes with JavaScript. */
function judgeOf(schema: JsonSchema) {
  const ajv = new Ajv2020({
    strict: false,
    ownProperties: true,
    logger: false,
    formats: { ...fullFormats, iri: true },
  });
  return ajv.compile(schema);
}

/** The verdicts of both on every case of an operation. */
function verdictsOf({ operation: { input: schema }, cases }: OperationCases) {
  const judge = judgeOf(schema);
  return cases.map(({ input, valid, about }) => ({ about, input, said: valid, judged: judge(input) }));
}

it('every case is as valid as ajv says, none comes twice, and there are never more than the limit', DRILL, async () => {
  const seen = { valid: 0, invalid: 0, without: 0 };
  const inputs = fc.array(anySchema, { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(inputs, fc.integer({ min: 3, max: 50 }), async (schemas, limit) => {
      const contract = { version: '1.0.0', operations: schemas.map((schema, at) => operation(`op-${at}`, schema)) };
      expect(contractFaults(contract, schemaEngine())).toEqual([]);
      const all = casesOf(contract, schemaEngine(), limit);
      const verdicts = all.flatMap(verdictsOf);
      expect(verdicts.filter(({ said, judged }) => said !== judged)).toEqual([]);
      expect(verdicts.length).toBeLessThanOrEqual(limit);
      for (const { cases } of all)
        expect(new Set(cases.map(({ input }) => JSON.stringify(input))).size).toBe(cases.length);
      seen.valid += verdicts.filter(({ said }) => said).length;
      seen.invalid += verdicts.filter(({ said }) => !said).length;
      seen.without += all.filter(({ cases }) => cases.length === 0).length;
    }),
    { numRuns: runs() },
  );
  expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(runs());
  expect(seen.without).toBeLessThan(runs());
});

it('no contract breaks itself', DRILL, async () => {
  await fc.assert(
    fc.asyncProperty(anySchema, anySchema, async (input, output) => {
      expect(contractBreaks(contractOf(input, output), structuredClone(contractOf(input, output)))).toEqual([]);
    }),
    { numRuns: runs() },
  );
});
