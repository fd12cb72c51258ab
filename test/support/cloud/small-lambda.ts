import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateFunctionCommand, DeleteFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';
import { bundled } from '../infra/bundles.ts';
import type { ThrowAway } from './throw-away.ts';

const iam = new IAMClient({});
const lambda = new LambdaClient({});

/** `file` exports the handler, from this project's root. */
interface SmallLambda {
  file: string;
  roleArn: string;
  variables: Record<string, string>;
}

/** A role for Lambdas and machines of a test that may do anything with what tests use. */
export async function smallRole(things: ThrowAway): Promise<string> {
  const RoleName = things.name;
  const principal = { Service: ['lambda.amazonaws.com', 'states.amazonaws.com'] };
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }],
  };
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) }));
  things.removedBy(() => iam.send(new DeleteRoleCommand({ RoleName })));
  const Action = ['dynamodb:*', 'states:*', 'sqs:*', 'lambda:*', 'logs:*', 'events:*'];
  const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] };
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'all', PolicyDocument: JSON.stringify(policy) }));
  things.removedBy(() => iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'all' })));
  return Role?.Arn ?? '';
}

/** Makes a Lambda of a file, bundled as the product's are, and answers its ARN. */
export async function smallLambda(things: ThrowAway, { file, roleArn, variables }: SmallLambda): Promise<string> {
  const { code } = await bundled({ file });
  const { FunctionArn = '' } = await lambda.send(
    new CreateFunctionCommand({
      FunctionName: things.name,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: roleArn,
      Timeout: 30,
      Code: { ZipFile: zipSync({ 'index.mjs': code, 'package.json': strToU8('{"type":"module"}') }) },
      Environment: { Variables: variables },
    }),
  );
  things.removedBy(() => lambda.send(new DeleteFunctionCommand({ FunctionName: things.name })));
  return FunctionArn;
}
