import { Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { AppFunction } from './app-function.ts';

/** Step Functions developer guide, "Logging using CloudWatch Logs" and "X-Ray tracing". */
const LOG_DELIVERY = [
  'logs:CreateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:DescribeLogGroups',
  'logs:DescribeResourcePolicies',
  'logs:GetLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:UpdateLogDelivery',
];
const TRACING = [
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];

/** The one role of the machines of users' sagas: they call these functions, whatever a definition says. */
export class MachineRole extends Role {
  constructor(scope: Construct, id: string, { calls }: { calls: readonly AppFunction[] }) {
    super(scope, id, { assumedBy: new ServicePrincipal('states.amazonaws.com') });
    const resources = calls.map(({ lambda }) => lambda.functionArn);
    this.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources }));
    this.addToPolicy(new PolicyStatement({ actions: [...LOG_DELIVERY, ...TRACING], resources: ['*'] }));
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'Log delivery and X-Ray know no resources (Step Functions developer guide, "Logging").',
    });
  }
}
