import type { ServiceContract } from '../../../contracts/service-contract.ts';
import type { Fault } from '../../../shared/kernel/errors.ts';
import { schemaBreaks } from './schema-breaks.ts';

/**
 * What callers of one version of a contract would lose by the next, by paths in the next. None where the major version rises, as that
 * says that there are some. Only what is a break for certain: a narrower range or a longer list of outputs may be meant so.
 */
export function contractBreaks(before: ServiceContract, after: ServiceContract): Fault[] {
  if (majorOf(after) > majorOf(before)) return [];
  return before.operations.flatMap((operation) => {
    const index = after.operations.findIndex(({ name }) => name === operation.name);
    const next = after.operations[index];
    if (next === undefined) return [{ path: 'operations', message: `the operation ${operation.name} is gone` }];
    const path = `operations.${index}`;
    return [
      ...schemaBreaks('input', operation.input, next.input).map((fault) => under(path, fault)),
      ...schemaBreaks('output', operation.output, next.output).map((fault) => under(path, fault)),
    ];
  });
}

function majorOf({ version }: ServiceContract): number {
  return Number.parseInt(version, 10);
}

const under = (path: string, fault: Fault): Fault => ({ ...fault, path: `${path}.${fault.path}` });
