import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { GetRolePolicyCommand, IAMClient, ListRolePoliciesCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { cloud } from './cloud.ts';

/** One permission of one role. */
export interface Grant {
  /** The beginning of the role's logical id, which CDK makes of its path in the app: `TasksApiRole`. */
  role: string;
  action: string;
  /** Some resources of the statement; all of them where it is left out. */
  resource?: RegExp;
}

interface Statement {
  Action: string | string[];
  Resource: string | string[];
}
interface Policy {
  Statement: Statement[];
}

const iam = new IAMClient({});

/**
 * Does the work while the deployed role lacks the grant, and gives the grant back whatever happens.
 *
 * @throws Error where the role has no such grant, because then nothing would be tested
 */
export async function withoutGrant<T>(grant: Grant, work: () => Promise<T>): Promise<T> {
  const role = await physicalRole(grant.role);
  const { PolicyNames: [name] = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName: role }));
  const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand({ RoleName: role, PolicyName: name }));
  const whole = decodeURIComponent(PolicyDocument);
  const put = (document: string) =>
    iam.send(new PutRolePolicyCommand({ RoleName: role, PolicyName: name, PolicyDocument: document }));
  const reduced = policyWithout(JSON.parse(whole) as Policy, grant);
  try {
    await put(JSON.stringify(reduced));
    return await work();
  } finally {
    await put(whole);
  }
}

async function physicalRole(logicalId: string): Promise<string> {
  const client = new CloudFormationClient({});
  const stacks = await Promise.all(
    cloud.stackNames.map((StackName) => client.send(new DescribeStackResourcesCommand({ StackName }))),
  );
  const roles = stacks
    .flatMap(({ StackResources }) => StackResources ?? [])
    .filter(({ ResourceType, LogicalResourceId }) => {
      return ResourceType === 'AWS::IAM::Role' && LogicalResourceId?.replace(/[0-9A-F]{8}$/, '') === logicalId;
    });
  const [role] = roles;
  if (roles.length !== 1 || role?.PhysicalResourceId === undefined) {
    throw new Error(`${roles.length} deployed roles are called ${logicalId}.`);
  }
  return role.PhysicalResourceId;
}

function policyWithout(policy: Policy, grant: Grant): Policy {
  const statements = policy.Statement.flatMap((statement) => statementWithout(statement, grant));
  if (statements.length === policy.Statement.length && statements.every((one, at) => one === policy.Statement[at])) {
    throw new Error(`${grant.role} has no grant of ${grant.action} that could be taken away.`);
  }
  return { ...policy, Statement: statements };
}

/** The same statement where it does not hold the grant; else what is left of it, which may be nothing. */
function statementWithout(statement: Statement, { action, resource = /^/ }: Grant): Statement[] {
  const actions = [statement.Action].flat();
  const resources = [statement.Resource].flat();
  const taken = resources.filter((one) => resource.test(one));
  if (!actions.includes(action) || taken.length === 0) return [statement];
  const others = actions.filter((one) => one !== action);
  const kept = resources.filter((one) => !taken.includes(one));
  return [
    ...(others.length === 0 ? [] : [{ ...statement, Action: others }]),
    ...(kept.length === 0 ? [] : [{ ...statement, Action: action, Resource: kept }]),
  ];
}
