import type { IStackSynthesizer } from 'aws-cdk-lib';
import {
  CliCredentialsStackSynthesizer,
  DefaultStackSynthesizer,
  RemovalPolicy,
  Stack,
  Tags,
  Validations,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config/stage.ts';

/** A stack of one stage: named, tagged and published as the stage wants it. */
export class StageStack extends Stack {
  protected readonly stageConfig: StageConfig;
  protected readonly keepsData: boolean;

  constructor(scope: Construct, id: string, stage: StageConfig) {
    super(scope, id, {
      stackName: `Maos-${stage.name}-${id}`,
      terminationProtection: stage.dataRemoval === RemovalPolicy.RETAIN,
      synthesizer: synthesizer(stage),
    });
    this.stageConfig = stage;
    this.keepsData = stage.dataRemoval === RemovalPolicy.RETAIN;
    if (!stage.requireTls) {
      const reason = 'This stage runs on the loopback of one machine, over plain HTTP.';
      Validations.of(this).acknowledge({ id: 'AwsSolutions-S10', reason }, { id: 'AwsSolutions-SQS4', reason });
    }
    Tags.of(this).add('project', 'maos');
    Tags.of(this).add('stage', stage.name);
  }
}

/** CDK's classes and its interface disagree on optional members under our compiler's strictness. */
function synthesizer(stage: StageConfig): IStackSynthesizer {
  const chosen =
    stage.publishAssetsAs === 'caller' ? new CliCredentialsStackSynthesizer() : new DefaultStackSynthesizer();
  return chosen as IStackSynthesizer;
}
