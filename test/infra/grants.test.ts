import { describe, expect, it } from 'vitest';
import { EVERY, GRANTS } from '../support/infra/grant-table.ts';
import { checkGrants } from '../support/infra/grants.ts';
import type { Resource, SynthesizedApp } from '../support/infra/synthesized.ts';
import { resourcesOf, STAGES, synthesized } from '../support/infra/synthesized.ts';

const NOTHING = { missing: [], surplus: [], forbidden: [] };

describe('every function may do', () => {
  it.each(STAGES)('exactly what its row in the table says, in %s', (stage) => {
    expect(checkGrants(synthesized(stage), GRANTS)).toEqual(NOTHING);
  });
});

/** Every action of every statement of our functions' policies: where it stands, and how many grants go with it. */
function places(app: SynthesizedApp) {
  return Object.entries(app.handlers).flatMap(([fn, handler]) => {
    const [policyId, policy] = policyOf(app, fn);
    return statementsOf(policy).flatMap((statement, index) =>
      [statement.Action].flat().map((action) => ({
        handler,
        policyId,
        index,
        action,
        grants: [statement.Resource].flat().length,
      })),
    );
  });
}

function policyOf(app: SynthesizedApp, fn: string): [string, Resource] {
  const role = lookUp(app, fn).Properties.Role['Fn::GetAtt'][0];
  const found = resourcesOf(app, 'AWS::IAM::Policy').find(([, { Properties }]) => Properties.Roles[0].Ref === role);
  if (found === undefined) throw new Error(`The role of ${fn} has no policy.`);
  return found;
}

function statementsOf(policy: Resource): { Action: string | string[]; Resource: unknown }[] {
  return policy.Properties.PolicyDocument.Statement;
}

function lookUp(app: SynthesizedApp, id: string): Resource {
  return Object.fromEntries(resourcesOf(app))[id] as Resource;
}

/** The check's findings after a change to a copy of the app. */
function findingsAfter(change: (app: SynthesizedApp) => void) {
  const app = structuredClone(synthesized('dev'));
  change(app);
  return checkGrants(app, GRANTS);
}

/** The findings after a change to one function's policy. */
function findingsAfterPolicy(change: (policy: Resource, role: Resource) => void) {
  return findingsAfter((app) => {
    const [fn] = Object.entries(app.handlers).find(([, handler]) => handler.includes('authorize')) as [string, string];
    change(policyOf(app, fn)[1], lookUp(app, lookUp(app, fn).Properties.Role['Fn::GetAtt'][0]));
  });
}

describe('the check itself', () => {
  it('reports each action that is taken away, and nothing else', () => {
    const removed = places(synthesized('dev'));
    expect(removed.length).toBeGreaterThan(50);
    const app = structuredClone(synthesized('dev'));
    for (const { handler, policyId, index, action, grants } of removed) {
      const policy = lookUp(app, policyId);
      const before = structuredClone(policy.Properties.PolicyDocument);
      const statements = statementsOf(policy);
      const left = [statements[index]?.Action].flat().filter((one) => one !== action) as string[];
      if (left.length === 0) statements.splice(index, 1);
      else Object.assign(statements[index] as object, { Action: left });
      const found = checkGrants(app, GRANTS);
      policy.Properties.PolicyDocument = before;
      expect(found, `${handler} without ${action}`).toEqual({
        ...NOTHING,
        missing: Array(grants).fill(expect.stringMatching(`^${handler}: ${action} `)),
      });
    }
  });

  it('reports a resource that is taken from a list of several', () => {
    const found = findingsAfter((app) => {
      const [fn] = Object.entries(app.handlers).find(([, handler]) => handler.includes('tasks-api')) as [
        string,
        string,
      ];
      const several = statementsOf(policyOf(app, fn)[1]).find(
        ({ Action, Resource }) => Action === 'dynamodb:Query' && [Resource].flat().length > 5,
      );
      if (Array.isArray(several?.Resource)) several.Resource.pop();
    });
    expect(found).toEqual({
      ...NOTHING,
      missing: [expect.stringMatching(/^tasks\/handlers\/tasks-api\.handler\.ts: dynamodb:Query /)],
    });
  });

  it('reports an action too many on the same resource', () => {
    const found = findingsAfterPolicy((policy) => {
      const last = statementsOf(policy).at(-1);
      if (last) last.Action = [last.Action, 'dynamodb:DeleteItem'].flat();
    });
    expect(found).toEqual({
      ...NOTHING,
      surplus: ['gateway/handlers/authorize.handler.ts: dynamodb:DeleteItem ApiKeys'],
    });
  });

  it('reports the same action on another resource', () => {
    const found = findingsAfterPolicy((policy) => {
      const last = statementsOf(policy).at(-1);
      if (last) last.Resource = [last.Resource, { 'Fn::GetAtt': ['FilesBucket0A1B2C3D', 'Arn'] }];
    });
    expect(found).toEqual({
      ...NOTHING,
      surplus: ['gateway/handlers/authorize.handler.ts: dynamodb:GetItem FilesBucket'],
    });
  });

  it.each([
    ['an action with a wildcard', { Effect: 'Allow', Action: 'dynamodb:*', Resource: 'a' }, 'dynamodb:* a'],
    ['every resource', { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }, 's3:GetObject *'],
    ['all actions but some', { Effect: 'Allow', NotAction: 's3:GetObject', Resource: 'a' }, 'statement '],
    ['a denial', { Effect: 'Deny', Action: 's3:GetObject', Resource: 'a' }, 'statement '],
  ])('forbids %s', (_, statement, said) => {
    const found = findingsAfterPolicy((policy) => policy.Properties.PolicyDocument.Statement.push(statement));
    expect(found.forbidden).toEqual([expect.stringContaining(`authorize.handler.ts: ${said}`)]);
  });

  it('reads policies that stand in the role itself', () => {
    const statement = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'a' };
    const found = findingsAfterPolicy((_, role) => {
      role.Properties.Policies = [{ PolicyDocument: { Statement: [statement] } }];
    });
    expect(found.surplus).toEqual(['gateway/handlers/authorize.handler.ts: s3:GetObject a']);
  });

  it('forbids managed policies, whether the role or the policy names the other', () => {
    const named = findingsAfterPolicy((_, role) => Object.assign(role.Properties, { ManagedPolicyArns: ['arn:x'] }));
    const naming = findingsAfterPolicy((policy) => Object.assign(policy, { Type: 'AWS::IAM::ManagedPolicy' }));
    expect(named.forbidden).toEqual([expect.stringContaining('managed policy "arn:x"')]);
    expect(naming.forbidden).toEqual([expect.stringContaining('managed policy "AuthorizeRoleDefaultPolicy')]);
  });

  it('forbids that two functions share a role', () => {
    const found = findingsAfter((app) => {
      const [one, other] = Object.keys(app.handlers) as [string, string];
      lookUp(app, one).Properties.Role = lookUp(app, other).Properties.Role;
    });
    expect(found.forbidden).toContainEqual(expect.stringContaining('serves two functions'));
  });

  it('reports a function that the table forgot, and a row without a function', () => {
    const { 'gateway/handlers/authorize.handler.ts': _, ...rest } = GRANTS;
    const found = checkGrants(synthesized('dev'), { ...rest, 'gone/handlers/gone.handler.ts': EVERY });
    expect(found.missing).toEqual(['gone/handlers/gone.handler.ts: the function itself']);
    expect(found.surplus).toHaveLength(EVERY.length + 1);
  });
});
