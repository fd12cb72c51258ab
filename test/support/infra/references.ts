import type { SynthesizedApp } from './synthesized.ts';
import { resourcesOf } from './synthesized.ts';

type Intrinsic = Partial<{
  Ref: string;
  'Fn::GetAtt': [string, string];
  'Fn::ImportValue': string;
  'Fn::Join': [string, unknown[]];
}>;

/**
 * Reads what expressions of an app's templates point at, through exports of other stacks: `EventLog9136F25F` (its Ref or Arn),
 * `EventLog9136F25F.StreamArn`, `ReadModels539C9E0D/index/list`. A plain text stays as it is.
 */
export function references(app: SynthesizedApp): (expression: unknown) => string {
  const outputs = app.stacks.flatMap(({ template }) => Object.values(template.Outputs ?? {}));
  const exported = new Map(outputs.map((output) => [output.Export?.Name, output.Value]));
  const named = new Map(resourcesOf(app, 'AWS::SQS::Queue').map(([id, { Properties }]) => [Properties.QueueName, id]));
  // Some queues are known by their names, so that no stack holds another's export.
  const queueOf = (text: string) => named.get(/^arn:.*:sqs:.*:(.+)$/.exec(text)?.[1] ?? '') ?? text;
  return function read(expression: unknown): string {
    if (typeof expression === 'string') return queueOf(expression);
    const { Ref, 'Fn::GetAtt': attribute, 'Fn::ImportValue': imported, 'Fn::Join': join } = expression as Intrinsic;
    if (join) return read(join[1].map(read).join(join[0]));
    if (imported && exported.has(imported)) return read(exported.get(imported));
    const pointed = Ref ?? attribute?.join('.').replace(/\.Arn$/, '');
    if (pointed) return pointed;
    throw new Error(`A reference that this cannot read: ${JSON.stringify(expression)}`);
  };
}

/** The name that a person gave: without CDK's hash. */
export function plainName(reference: string): string {
  return reference.replace(/^(\w+?)[0-9A-F]{8}(?=[./]|$)/, '$1');
}
