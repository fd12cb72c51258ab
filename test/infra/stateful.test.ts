import { describe, expect, it } from 'vitest';
import { plainName, references } from '../support/infra/references.ts';
import type { Resource, StageName } from '../support/infra/synthesized.ts';
import { resourcesOf, STAGES, synthesized } from '../support/infra/synthesized.ts';

const tablesOf = (stage: StageName) => resourcesOf(synthesized(stage), 'AWS::DynamoDB::Table');
const only = (stage: StageName, type: string): Resource => {
  const found = resourcesOf(synthesized(stage), type);
  expect(found, type).toHaveLength(1);
  return (found[0] as [string, Resource])[1];
};

describe.each(STAGES)('in %s', (stage) => {
  it('every table has recovery, encryption, expiry and a price by use', () => {
    expect(tablesOf(stage).length).toBeGreaterThan(0);
    for (const [id, { Properties }] of tablesOf(stage)) {
      expect(Properties, id).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true },
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      });
    }
  });

  it('only the event log has a stream, of whole new commits', () => {
    const streams = tablesOf(stage).map(([id, { Properties }]) => [plainName(id), Properties.StreamSpecification]);
    expect(streams.filter(([, stream]) => stream !== undefined)).toEqual([
      ['EventLog', { StreamViewType: 'NEW_IMAGE' }],
    ]);
  });

  it('every index holds keys only, so that a write pays for its item once', () => {
    // Rows of agents, services and requests are small, and those of requests go after a day: theirs hold whole rows, and save the second read.
    const tables = tablesOf(stage).filter(([id]) => !['Agents', 'Services', 'Requests'].includes(plainName(id)));
    const indexes = tables.flatMap(([, { Properties }]) => Properties.GlobalSecondaryIndexes ?? []);
    expect(indexes.length).toBeGreaterThan(0);
    for (const { IndexName, Projection } of indexes)
      expect(Projection, IndexName).toEqual({ ProjectionType: 'KEYS_ONLY' });
  });

  it('the bucket is private and encrypted', () => {
    expect(only(stage, 'AWS::S3::Bucket').Properties).toMatchObject({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
  });

  it('every log group forgets', () => {
    const groups = resourcesOf(synthesized(stage), 'AWS::Logs::LogGroup');
    const days = { local: 1, dev: 7, prod: 90 }[stage];
    expect(groups.length).toBeGreaterThan(0);
    for (const [id, { Properties }] of groups) expect(Properties.RetentionInDays, id).toBe(days);
  });

  it('the bus bears the name of its stage, since two stages may share an account', () => {
    expect(only(stage, 'AWS::Events::EventBus').Properties.Name).toBe(`maos-${stage}`);
  });

  it('stacks are protected from termination in prod only', () => {
    for (const { name, protected: kept } of synthesized(stage).stacks) expect(kept, name).toBe(stage === 'prod');
  });
});

describe.each(['dev', 'prod'] as const)('in the cloud, in %s', (stage) => {
  it('the bucket refuses plain HTTP, for itself and its objects', () => {
    const { Properties } = only(stage, 'AWS::S3::BucketPolicy');
    const read = references(synthesized(stage));
    const refusals = Properties.PolicyDocument.Statement.filter(({ Effect }: { Effect: string }) => Effect === 'Deny');
    expect(refusals).toMatchObject([
      { Action: 's3:*', Principal: { AWS: '*' }, Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
    ]);
    expect(refusals[0].Resource.map((one: unknown) => plainName(read(one)))).toEqual(['FilesBucket', 'FilesBucket/*']);
  });

  it('the bus has an archive of its own events', () => {
    const { Properties } = only(stage, 'AWS::Events::Archive');
    expect(plainName(references(synthesized(stage))(Properties.SourceArn))).toBe('Bus');
    expect(Properties.RetentionDays).toBe(stage === 'dev' ? 7 : 90);
  });
});

describe.each(['local', 'dev'] as const)('%s leaves nothing behind', (stage) => {
  const app = synthesized(stage);

  it('no resource is kept when its stack goes: no policy means deletion for all our types', () => {
    const kept = resourcesOf(app).filter(([, { DeletionPolicy = 'Delete' }]) => DeletionPolicy !== 'Delete');
    // The account-wide logging role of API Gateway stays: other stages may live by it (docs/deploy.md).
    const types = kept.map(([, { Type }]) => Type).sort();
    expect(types).toEqual(['AWS::ApiGateway::Account', 'AWS::IAM::Role']);
    const snapshotByDefault = resourcesOf(app).filter(([, { Type }]) => Type.startsWith('AWS::RDS::'));
    expect(snapshotByDefault).toEqual([]);
  });

  it('no table refuses its deletion', () => {
    for (const [id, { Properties }] of tablesOf(stage)) expect(Properties.DeletionProtectionEnabled, id).toBe(false);
  });

  it('every log group is one of the stacks, so that no service makes one of its own', () => {
    const read = references(app);
    const groups = resourcesOf(app, 'AWS::Logs::LogGroup').map(([id]) => id);
    const writers = resourcesOf(app, 'AWS::Lambda::Function').map(([, fn]) =>
      read(fn.Properties.LoggingConfig?.LogGroup),
    );
    expect(writers.filter((group) => !groups.includes(group))).toEqual([]);
    for (const [id, { Properties }] of resourcesOf(app, 'AWS::ApiGateway::Stage')) {
      // API Gateway would make `API-Gateway-Execution-Logs_…` itself.
      for (const { LoggingLevel } of Properties.MethodSettings) expect(LoggingLevel, id).toBeUndefined();
    }
  });
});

it('dev empties the bucket before it goes, which S3 would refuse otherwise', () => {
  const read = references(synthesized('dev'));
  const buckets = resourcesOf(synthesized('dev'), 'AWS::S3::Bucket').map(([id]) => id);
  const emptied = resourcesOf(synthesized('dev'), 'Custom::S3AutoDeleteObjects').map(
    ([, one]) => one.Properties.BucketName,
  );
  expect(emptied.map(read)).toEqual(buckets);
});

describe('prod keeps what is data', () => {
  it.each(['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::Logs::LogGroup'])('%s', (type) => {
    const found = resourcesOf(synthesized('prod'), type);
    expect(found.length).toBeGreaterThan(0);
    for (const [id, resource] of found) {
      expect(resource, id).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    }
  });

  it('even from a deletion by hand', () => {
    for (const [id, { Properties }] of tablesOf('prod')) expect(Properties.DeletionProtectionEnabled, id).toBe(true);
  });

  it('and nothing there empties a bucket', () => {
    expect(resourcesOf(synthesized('prod'), 'Custom::S3AutoDeleteObjects')).toEqual([]);
  });
});
