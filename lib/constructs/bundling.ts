import { OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';

/** Why each setting is there: docs/decisions/0006-function-bundles.md. */
export const BUNDLING = {
  format: OutputFormat.ESM as const,
  target: 'node24',
  mainFields: ['module', 'main'],
  minify: true,
  bundleAwsSDK: true,
  banner: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
};
