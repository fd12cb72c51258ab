import { CfnOutput, Duration, Validations } from 'aws-cdk-lib';
import type { IAuthorizer, IResource, Resource } from 'aws-cdk-lib/aws-apigateway';
import {
  AccessLogField,
  AccessLogFormat,
  AuthorizationType,
  RestApi as AwsRestApi,
  EndpointType,
  LambdaIntegration,
  LogGroupLogDestination,
  TokenAuthorizer,
} from 'aws-cdk-lib/aws-apigateway';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ENV } from '../../functions/contracts/env.ts';
import type { StageConfig } from '../config/stage.ts';
import type { AppFunction } from './app-function.ts';
import { addGatewayAnswers } from './gateway-answers.ts';
import { apiName } from './names.ts';
import { RunbookAlarm } from './runbook-alarm.ts';

export interface RestApiProps {
  stage: StageConfig;
  authorizer: AppFunction;
  /** Serves the rows that need no key, every path that no feature has, and browsers' preflights to all. */
  open: AppFunction;
}

/** What serves a feature, and what serves a part of each of its items in its stead: `/services/{id}/contract`. */
export interface Feature {
  fn: AppFunction;
  ofEach?: Record<string, AppFunction>;
  /** Why it needs no key. */
  openBecause?: string;
}

/** The front door: one REST API, behind which each feature has one function that routes by its contracts. */
export class RestApi extends Construct {
  private readonly api: AwsRestApi;
  private readonly root: Resource;
  private readonly authorizer: IAuthorizer;
  private readonly open: AppFunction;
  private readonly origins: readonly string[];

  constructor(scope: Construct, id: string, props: RestApiProps) {
    super(scope, id);
    this.open = props.open;
    this.origins = props.stage.corsOrigins;
    this.api = new AwsRestApi(this, 'Api', {
      restApiName: apiName(props.stage),
      ...FIXED,
      ...stageOptions(this, props.stage),
    });
    this.authorizer = new TokenAuthorizer(this, 'Authorizer', {
      handler: props.authorizer.lambda,
      resultsCacheTtl: Duration.seconds(60),
      validationRegex: '^[Bb]earer +\\S+$',
    });
    this.root = this.api.root.addResource('api').addResource('v1');
    this.addOpen();
    addGatewayAnswers(this.api, this.origins.length > 0);
    this.acknowledge();
    this.addAlarm();
    new CfnOutput(this, 'Id', { value: this.api.restApiId }).overrideLogicalId('RestApiId');
    new CfnOutput(this, 'Stage', { value: this.api.deploymentStage.stageName }).overrideLogicalId('RestApiStage');
    new CfnOutput(this, 'Url', { value: this.url }).overrideLogicalId('ApiUrl');
  }

  get url(): string {
    return this.api.url;
  }

  private addAlarm(): void {
    new RunbookAlarm(this, 'ServerErrors', {
      says: 'The API answers with errors of ours.',
      runbook: 'api-errors',
      metric: this.api.metricServerError({ period: Duration.minutes(5), statistic: 'Sum' }),
      threshold: 5,
    });
  }

  /** Gives `/api/v1/<name>` and everything below it to the feature's functions; only known keys come through, unless it is open. */
  addFeature(name: string, { fn, ofEach = {}, openBecause }: Feature): void {
    const all = this.root.addResource(name);
    if (openBecause !== undefined) {
      this.tellOrigins(fn);
      this.addWithoutKey(fn, all.addResource('{proxy+}'), 'ANY', openBecause);
      return;
    }
    // Beside a greedy `{proxy+}` there is no other parameter, so what has parts of its own names its items.
    const each = Object.keys(ofEach).length === 0 ? undefined : all.addResource('{id}');
    for (const [part, partFn] of Object.entries(ofEach)) {
      const resource = each?.addResource(part) as Resource;
      this.serve(partFn, [resource, resource.addResource('{proxy+}')]);
    }
    this.serve(fn, [all, ...(each ? [each] : []), (each ?? all).addResource('{proxy+}')]);
  }

  private serve(fn: AppFunction, resources: readonly Resource[]): void {
    const options = { authorizer: this.authorizer, authorizationType: AuthorizationType.CUSTOM };
    this.tellOrigins(fn);
    for (const one of resources) {
      one.addMethod('ANY', integration(fn), options);
      if (this.origins.length > 0) this.addWithoutKey(this.open, one, 'OPTIONS', PREFLIGHTS_ARE_OPEN);
    }
  }

  /** Every function behind the API allows its answers to the same browsers. */
  private tellOrigins(fn: AppFunction): void {
    fn.set(ENV.corsOrigins, this.origins.join(','));
  }

  private addOpen(): void {
    this.tellOrigins(this.open);
    for (const one of [this.api.root, this.api.root.addResource('{proxy+}')]) {
      this.addWithoutKey(this.open, one, 'ANY', OPEN_BY_CONTRACT);
    }
  }

  private addWithoutKey(fn: AppFunction, resource: IResource, verb: 'ANY' | 'OPTIONS', reason: string): void {
    const method = resource.addMethod(verb, integration(fn), { authorizationType: AuthorizationType.NONE });
    Validations.of(method).acknowledge({ id: 'AwsSolutions-APIG4', reason }, { id: 'AwsSolutions-COG4', reason });
  }

  private acknowledge(): void {
    Validations.of(this.api).acknowledge(
      { id: 'AwsSolutions-APIG2', reason: 'Functions validate by the contracts that also make the OpenAPI file.' },
      {
        id: 'AwsSolutions-APIG3',
        reason: 'A web ACL costs a fixed sum each month; docs/deploy.md says how to add one.',
      },
      {
        id: 'AwsSolutions-APIG6',
        reason: 'Execution logs hold bodies and keys; access logs and function logs tell the rest.',
      },
      {
        id: 'AwsSolutions-COG4',
        reason: 'Callers are programs with hashed, scoped keys, checked by our own authorizer.',
      },
      {
        id: `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]`,
        reason: 'The policy that API Gateway demands for its account-wide logging role.',
      },
    );
  }
}

const OPEN_BY_CONTRACT =
  'Health, the OpenAPI file, its page and the 404 of unknown paths are open by contract and touch no data.';
const PREFLIGHTS_ARE_OPEN =
  'Browsers ask before they send a key (Fetch standard); the answer names origins and headers and touches no data.';

const FIXED = {
  description: 'MAOS HTTPS API',
  endpointTypes: [EndpointType.REGIONAL],
  // One setting for all of API Gateway in an account: CDK keeps it when a stage goes, as other stages may live by it.
  cloudWatchRole: true,
  // Without it, files would be mangled as text.
  binaryMediaTypes: ['*/*'],
};

function stageOptions(scope: Construct, stage: StageConfig) {
  const logs = new LogGroup(scope, 'AccessLogs', { retention: stage.logRetention, removalPolicy: stage.dataRemoval });
  return {
    deployOptions: {
      stageName: 'v1',
      tracingEnabled: true,
      throttlingRateLimit: stage.throttle.rate,
      throttlingBurstLimit: stage.throttle.burst,
      accessLogDestination: new LogGroupLogDestination(logs),
      accessLogFormat: ACCESS_LOG,
    },
  };
}

/** The resource's path, never the request's: paths of completions and files carry what logs must not hold. */
const ACCESS_LOG = AccessLogFormat.custom(
  JSON.stringify({
    requestId: AccessLogField.contextRequestId(),
    at: AccessLogField.contextRequestTimeEpoch(),
    method: AccessLogField.contextHttpMethod(),
    resource: AccessLogField.contextResourcePath(),
    status: AccessLogField.contextStatus(),
    latencyMs: AccessLogField.contextResponseLatency(),
    keyId: AccessLogField.contextAuthorizer('keyId'),
  }),
);

function integration(fn: AppFunction): LambdaIntegration {
  return new LambdaIntegration(fn.lambda, { allowTestInvoke: false });
}
