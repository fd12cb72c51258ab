import { CfnOutput, Duration } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config/stage.ts';
import { AppFunction } from '../constructs/app-function.ts';
import { apiAddressName } from '../constructs/names.ts';
import type { Feature } from '../constructs/rest-api.ts';
import { RestApi } from '../constructs/rest-api.ts';
import type { DataStack } from './data-stack.ts';
import { StageStack } from './stage-stack.ts';

export interface ApiStackProps {
  data: DataStack;
  /** `/api/v1/<name>` and what serves it. */
  features: Record<string, Feature>;
}

/** The front door. It comes last: it knows every feature's function, and no feature knows it. */
export class ApiStack extends StageStack {
  constructor(scope: Construct, id: string, stage: StageConfig, { data, features }: ApiStackProps) {
    super(scope, id, stage);
    const authorizer = new AppFunction(this, 'Authorize', {
      stage,
      handler: 'gateway/handlers/authorize.handler.ts',
      description: 'Knows a key and its scopes',
      timeout: Duration.seconds(10),
    })
      .bindKeys(data.keys)
      .watchErrors();
    const open = new AppFunction(this, 'GatewayApi', {
      stage,
      handler: 'gateway/handlers/gateway-api.handler.ts',
      description: 'The rows that need no key, and the 404 of unknown paths',
      timeout: Duration.seconds(10),
    }).watchErrors();
    const api = new RestApi(this, 'RestApi', { stage, authorizer, open });
    for (const [name, feature] of Object.entries(features)) api.addFeature(name, feature);
    const address = new StringParameter(this, 'Address', {
      parameterName: apiAddressName(stage),
      description: 'Where the API is found from outside; services bring results there',
      stringValue: api.url,
    });
    new CfnOutput(this, 'ApiAddressParameter', { value: address.parameterName });
  }
}
