import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import type { ThrowAway } from './throw-away.ts';

const iam = new IAMClient({});

export interface SmallUser {
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** Puts this grant in the place of the one before. */
  may(action: string, resource: string): Promise<void>;
}

/** A user that may do nothing yet. */
export async function smallUser(things: ThrowAway): Promise<SmallUser> {
  const UserName = things.name;
  await iam.send(new CreateUserCommand({ UserName }));
  things.removedBy(() => iam.send(new DeleteUserCommand({ UserName })));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const accessKeyId = AccessKey?.AccessKeyId ?? '';
  things.removedBy(() => iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId: accessKeyId })));
  const policy = { UserName, PolicyName: 'only' };
  let granted = false;
  return {
    credentials: { accessKeyId, secretAccessKey: AccessKey?.SecretAccessKey ?? '' },
    async may(Action, Resource) {
      const document = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource }] };
      await iam.send(new PutUserPolicyCommand({ ...policy, PolicyDocument: JSON.stringify(document) }));
      if (!granted) things.removedBy(() => iam.send(new DeleteUserPolicyCommand(policy)));
      granted = true;
    },
  };
}
