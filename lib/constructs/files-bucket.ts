import type { CfnResource } from 'aws-cdk-lib';
import { Duration, Stack, Validations } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { CorsRule } from 'aws-cdk-lib/aws-s3';
import { BlockPublicAccess, Bucket, BucketEncryption, HttpMethods } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { StageConfig } from '../config/stage.ts';

/** CDK's own helper function for emptying buckets; one a stack. */
const EMPTIER = 'Custom::S3AutoDeleteObjectsCustomResourceProvider';

/** The bucket of tasks' files: private, encrypted, reached over TLS only. */
export class FilesBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, stage: StageConfig) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: stage.requireTls,
      removalPolicy: stage.dataRemoval,
      autoDeleteObjects: stage.emptyBucketOnDestroy,
      cors: cors(stage),
      // What a lost agent uploaded, or a late upload brought after its task's end.
      lifecycleRules: [{ id: 'staging', prefix: 'staging/', expiration: Duration.days(1) }],
    });
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'Only our functions read and write here, and their calls are in their logs; a log bucket would outlive the stack.',
    });
    if (stage.emptyBucketOnDestroy) this.keepEmptierTidy(stage);
  }

  /** Left alone, the helper's log group would be made by Lambda and stay behind after `cdk destroy`. */
  private keepEmptierTidy(stage: StageConfig): void {
    const provider = Stack.of(this).node.findChild(EMPTIER);
    const logs = new LogGroup(this, 'EmptierLogs', { retention: stage.logRetention, removalPolicy: stage.dataRemoval });
    const handler = provider.node.findChild('Handler') as CfnResource;
    handler.addPropertyOverride('LoggingConfig.LogGroup', logs.logGroupName);
    Validations.of(provider).acknowledge(
      {
        id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
        reason: "CDK's own helper; it runs on cdk destroy only.",
      },
      { id: 'AwsSolutions-L1', reason: "CDK's own helper; its runtime comes with the pinned CDK version." },
    );
  }
}

/** Large files go to browsers straight from here, and from them straight to here. */
function cors({ corsOrigins }: StageConfig): CorsRule[] {
  if (corsOrigins.length === 0) return [];
  const allowedMethods = [HttpMethods.GET, HttpMethods.HEAD, HttpMethods.PUT];
  return [{ allowedOrigins: [...corsOrigins], allowedMethods, allowedHeaders: ['*'], maxAge: 3600 }];
}
