import { plainName, references } from './references.ts';
import type { Resource, SynthesizedApp } from './synthesized.ts';
import { resourcesOf } from './synthesized.ts';

/** What differs from the expectation, one line each; nothing differs where all three are empty. */
export interface GrantFindings {
  missing: string[];
  surplus: string[];
  /** What no expectation can allow: wildcards, managed policies, a role that two functions share, statements of another kind. */
  forbidden: string[];
}

interface Statement {
  Effect: string;
  Action?: string | string[];
  Resource?: unknown;
  Condition?: { StringLike?: { 's3:prefix'?: string } };
}

/** Actions for which IAM knows no resources (service authorization reference); only these may be granted on `*`. */
const WITHOUT_RESOURCE = new Set([
  'dynamodb:ListStreams',
  'events:ListRules',
  'events:TestEventPattern',
  'states:SendTaskFailure',
  'states:SendTaskSuccess',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
]);

/**
 * Compares what each of our functions is granted with what it should be, both ways.
 *
 * @param expected handler's file to `<action> <resource>`, the resource by its name, its own log group as `own logs`
 */
export function checkGrants(app: SynthesizedApp, expected: Record<string, readonly string[]>): GrantFindings {
  const findings: GrantFindings = { missing: [], surplus: [], forbidden: sharedRoles(app) };
  const all = resourcesOf(app);
  const known = Object.entries(app.handlers).map(([id, handler]) => ({ handler, fn: resourceOf(all, id) }));
  for (const handler of Object.keys(expected)) {
    if (!known.some((one) => one.handler === handler)) findings.missing.push(`${handler}: the function itself`);
  }
  const read = references(app);
  for (const { handler, fn } of known) {
    const ownLogs = read(fn.Properties.LoggingConfig.LogGroup);
    const role = roleGrants(app, read(fn.Properties.Role), { read, all });
    const granted = role.grants.map((grant) =>
      grant.endsWith(` ${ownLogs}`) ? grant.replace(ownLogs, 'own logs') : grant,
    );
    compare(findings, handler, { granted: granted.map(nameOf), expected: expected[handler] ?? [] });
    findings.forbidden.push(...[...role.forbidden, ...wildcards(role.grants)].map((text) => `${handler}: ${text}`));
  }
  return findings;
}

/** A role's grants as `<action> <reference>`, and whatever it has that is none. */
export function roleGrants(
  app: SynthesizedApp,
  role: string,
  { read, all } = { read: references(app), all: resourcesOf(app) },
): { grants: string[]; forbidden: string[] } {
  const has = ([, { Properties }]: [string, Resource]) => (Properties.Roles ?? []).map(read).includes(role);
  const inline = resourceOf(all, role).Properties;
  const ofType = (type: string) => all.filter(([, resource]) => resource.Type === type);
  const documents = [
    ...(inline.Policies ?? []),
    ...ofType('AWS::IAM::Policy')
      .filter(has)
      .map(([, { Properties }]) => Properties),
  ];
  const statements: Statement[] = documents.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  const managed = ofType('AWS::IAM::ManagedPolicy')
    .filter(has)
    .map(([id]) => id);
  return {
    grants: statements.filter(isPlain).flatMap((statement) => grantsOf(statement, read)),
    forbidden: [
      ...[...(inline.ManagedPolicyArns ?? []), ...managed].map((policy) => `managed policy ${JSON.stringify(policy)}`),
      ...statements.filter((one) => !isPlain(one)).map((one) => `statement ${JSON.stringify(one)}`),
    ],
  };
}

function isPlain(statement: Statement): boolean {
  const { Condition, ...plain } = statement;
  const known = Condition === undefined || JSON.stringify(Condition) === JSON.stringify(onPrefix(statement));
  return known && Object.keys(plain).sort().join() === 'Action,Effect,Resource' && statement.Effect === 'Allow';
}

/** The one condition that grants may have: a bucket is listed below a prefix only. */
function onPrefix({ Condition }: Statement) {
  return { StringLike: { 's3:prefix': Condition?.StringLike?.['s3:prefix'] } };
}

function grantsOf(statement: Statement, read: (expression: unknown) => string): string[] {
  const resources = [statement.Resource].flat();
  const prefix = statement.Condition?.StringLike?.['s3:prefix'];
  const below = prefix === undefined ? '' : `/${prefix}`;
  return [statement.Action ?? []].flat().flatMap((action) => resources.map((one) => `${action} ${read(one)}${below}`));
}

function compare(
  findings: GrantFindings,
  handler: string,
  lists: { granted: string[]; expected: readonly string[] },
): void {
  const { granted, expected } = lists;
  findings.missing.push(...expected.filter((one) => !granted.includes(one)).map((one) => `${handler}: ${one}`));
  findings.surplus.push(...granted.filter((one) => !expected.includes(one)).map((one) => `${handler}: ${one}`));
}

function wildcards(grants: readonly string[]): string[] {
  return grants.filter((grant) => {
    const [action = '', resource] = grant.split(' ');
    return action.includes('*') || (resource === '*' && !WITHOUT_RESOURCE.has(action));
  });
}

function sharedRoles(app: SynthesizedApp): string[] {
  const read = references(app);
  const roles = resourcesOf(app, 'AWS::Lambda::Function').map(([, fn]) => read(fn.Properties.Role));
  return roles.filter((role, index) => roles.indexOf(role) !== index).map((role) => `${role} serves two functions`);
}

function nameOf(grant: string): string {
  const [action = '', ...resource] = grant.split(' ');
  const name = plainName(resource.join(' '));
  const known = name
    .replace(/^arn:.*:stateMachine:maos-\w+-\*$/, 'machines of the stage')
    .replace(/^arn:.*:stateMachine:maos-\w+-shape-\*$/, 'machines of users')
    .replace(/^arn:.*:execution:maos-\w+-\*:\*$/, 'executions of the stage')
    .replace(/^arn:.*:stateMachine:maos-rebuild-\w+$/, 'the rebuild machine')
    .replace(/^arn:.*:execution:maos-rebuild-\w+:\*$/, 'executions of rebuilds')
    .replace(/^arn:.*:rule\/maos-\w+\/maos-\w+-sub_\*$/, 'rules of subscriptions')
    .replace(/^arn:.*:event-bus\/maos-\w+$/, 'the bus by its name')
    .replace(/^arn:.*:parameter\/maos-\w+\/api-address$/, 'the address of the API');
  return `${action} ${known}`;
}

function resourceOf(all: readonly [string, Resource][], id: string): Resource {
  const found = all.find(([key]) => key === id);
  if (found === undefined) throw new Error(`There is no resource ${id}.`);
  return found[1];
}
