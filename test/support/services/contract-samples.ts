import type { JsonSchema, OperationContract, ServiceContract } from '../../../functions/contracts/service-contract.ts';
import type { ContractCall } from '../../../functions/services/adapters/contract-tester.ts';

/** A contract of one operation. */
export function contractOf(input: JsonSchema, output: JsonSchema = true, version = '1.0.0'): ServiceContract {
  return { version, operations: [operation('price', input, output)] };
}

export function operation(name: string, input: JsonSchema, output: JsonSchema = true): OperationContract {
  return { name, input, output, errors: [{ code: 'SOLD_OUT' }] };
}

/** An object that takes no other fields; all of them are required unless said otherwise. */
export function object(properties: Record<string, JsonSchema>, required = Object.keys(properties)) {
  return { type: 'object', properties, required, additionalProperties: false };
}

export const sellerContract = contractOf(
  object({ seats: { type: 'integer', minimum: 1, maximum: 9 } }),
  object({ amount: { type: 'number' }, currency: { enum: ['EUR', 'USD'] } }),
);

/** A service that sells seats, by its contract or not. */
export function seller(flaws: { output?: boolean; error?: boolean; input?: boolean } = {}): ContractCall {
  const soldOut = flaws.error ? 'NO_IDEA' : 'SOLD_OUT';
  const firstAmount = flaws.output ? 'ten' : 10;
  return async (_operation, input) => {
    const seats = seatsIn(input, flaws.input ? 10 : 9);
    if (seats === undefined) return refusal('BAD_INPUT', 'No.');
    if (seats === 9) return refusal(soldOut, 'Gone.');
    return { output: { amount: seats === 1 ? firstAmount : 10 * seats, currency: 'EUR' } };
  };
}

function seatsIn(input: unknown, most: number): number | undefined {
  const { seats, ...others } = Object(input) as { seats?: unknown };
  const known = Object.keys(others).length === 0 && typeof seats === 'number' && Number.isInteger(seats);
  return known && seats >= 1 && seats <= most ? seats : undefined;
}

export const refusal = (code: string | undefined, message: string, answered = true) => ({
  error: { code, message, answered },
});
