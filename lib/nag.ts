import type { IApplyRule } from 'cdk-nag';
import { AwsSolutionsChecks } from 'cdk-nag';

/** `Maos-dev-Data:ExportsOutputFnGetAttFilesBucket7C17EE2EArn267E46EA`: how a finding names another stack's resource. */
const EXPORTED_ARN = /Maos-\w+-\w+:ExportsOutputFnGetAtt(\w+?)[0-9A-F]{8}Arn[0-9A-F]{8}/;

/**
 * The AWS Solutions rules. Findings name a resource of another stack as one of the same stack, `<FilesBucket.Arn>`, so that an
 * acknowledgement can name it without a generated hash.
 */
export class NagChecks extends AwsSolutionsChecks {
  protected override applyRule(params: IApplyRule): void {
    const rule: IApplyRule['rule'] = (node) => {
      const result = params.rule(node);
      return Array.isArray(result) ? result.map((finding) => finding.replace(EXPORTED_ARN, '<$1.Arn>')) : result;
    };
    super.applyRule({ ...params, rule, ruleSuffixOverride: params.ruleSuffixOverride ?? params.rule.name });
  }
}
