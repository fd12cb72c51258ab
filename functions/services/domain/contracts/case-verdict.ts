import type { OperationContract, TestCase } from '../../../contracts/service-contract.ts';
import type { InputCase } from './contract-cases.ts';
import type { SchemaCheck } from './schema-engine.ts';

/** What came of a call. `answered` is false where the service said nothing at all, as when no connection could be made. */
export type CallOutcome =
  | { output: unknown; error?: never }
  | { error: { code: string | undefined; message: string; answered: boolean } };

/** Of one value as JSON, in bytes: a report holds up to fifty of them, twice. */
const MAX_KEPT = 2 * 1024;
const MAX_ERROR = 1000;

/** Whether an operation's contract was kept in one case. What is said against it names the case, as a report shows the input only. */
export function verdictOn(
  tested: InputCase,
  outcome: CallOutcome,
  { operation, checkOutput }: { operation: OperationContract; checkOutput: SchemaCheck },
): TestCase {
  const error = tested.valid
    ? withCase(faultAfterValid(outcome, operation, checkOutput), tested)
    : faultAfterInvalid(outcome, tested);
  const output = outcome.error === undefined ? kept(outcome.output ?? null) : null;
  return { input: kept(tested.input), output, passed: error === undefined, error: cut(error) };
}

/** For an operation that no valid input could be made for: nobody knows how it does. */
export const UNTESTED: TestCase = {
  input: null,
  output: null,
  passed: false,
  error: 'No valid input could be made from the input schema; give it "examples".',
};

function faultAfterValid(outcome: CallOutcome, { errors }: OperationContract, checkOutput: SchemaCheck) {
  const { error } = outcome;
  if (error === undefined) {
    const fault = faultOf(outcome.output, checkOutput);
    return fault === undefined ? undefined : `Output does not match schema: ${fault}`;
  }
  if (!error.answered) return `No answer: ${error.message}`;
  if (errors.some(({ code }) => code === error.code)) return undefined;
  return `Unexpected error: ${error.code ?? 'no code'}: ${error.message}`;
}

function faultOf(output: unknown, checkOutput: SchemaCheck): string | undefined {
  try {
    return checkOutput(output);
  } catch {
    return 'it is too large or too deep to be checked';
  }
}

function withCase(fault: string | undefined, { about }: InputCase): string | undefined {
  return fault === undefined ? undefined : `${fault} (case: ${about})`;
}

function faultAfterInvalid({ error }: CallOutcome, tested: InputCase): string | undefined {
  if (error === undefined) return `An invalid input was accepted: ${tested.about}`;
  return error.answered ? undefined : withCase(`No answer: ${error.message}`, tested);
}

function cut(error: string | undefined): string | null {
  if (error === undefined) return null;
  return error.length > MAX_ERROR ? `${error.slice(0, MAX_ERROR)}…` : error;
}

function kept(value: unknown): unknown {
  const bytes = jsonBytes(value);
  if (bytes === undefined) return 'A value that is nested too deeply to be kept.';
  return bytes > MAX_KEPT ? `A value of ${bytes} bytes, too large to be kept.` : value;
}

function jsonBytes(value: unknown): number | undefined {
  try {
    return new TextEncoder().encode(JSON.stringify(value)).byteLength;
  } catch {
    return undefined;
  }
}
