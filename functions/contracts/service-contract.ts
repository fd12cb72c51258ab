import * as z from 'zod';
import { OperationName } from './api/service-fields.ts';

/** A JSON Schema, draft 2020-12. What it may hold is checked where contracts are stored. */
export const JsonSchema = z.union([z.boolean(), z.record(z.string(), z.unknown())]).meta({ id: 'JsonSchema' });
export type JsonSchema = z.infer<typeof JsonSchema>;

/** What one operation of a service takes, gives, and refuses with (seed: OperationContract). */
export const OperationContract = z.strictObject({
  name: OperationName,
  input: JsonSchema,
  output: JsonSchema,
  errors: z.array(z.strictObject({ code: z.string().min(1).max(128) })).max(50),
});
export type OperationContract = z.infer<typeof OperationContract>;

/** The promise of a service (seed: ServiceContract), without its name. */
export const ServiceContract = z
  .strictObject({
    version: z.string().regex(/^(?:0|[1-9]\d{0,5})(?:\.(?:0|[1-9]\d{0,5})){0,2}$/, 'must be a version such as 1.2.0'),
    operations: z
      .array(OperationContract)
      .min(1)
      .max(50)
      .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'must name each operation once'),
  })
  .meta({ id: 'ServiceContract' });
export type ServiceContract = z.infer<typeof ServiceContract>;

/** One call of a contract test. `output`: what the service answered, null where it answered an error; `error`: why the case failed. */
export const TestCase = z.object({
  input: z.unknown(),
  output: z.unknown(),
  passed: z.boolean(),
  error: z.string().nullable(),
});
export type TestCase = z.infer<typeof TestCase>;

/** How a service kept its contract (seed: ContractTestResult). At most 50 cases, however many operations. */
export const ContractTestResult = z
  .object({
    service: z.string(),
    version: z.string(),
    passed: z.boolean(),
    operations: z.array(z.object({ operation: z.string(), passed: z.boolean(), testCases: z.array(TestCase) })),
    timestamp: z.string(),
  })
  .meta({ id: 'ContractTestResult' });
export type ContractTestResult = z.infer<typeof ContractTestResult>;
