import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

interface Template {
  Resources: Record<string, { Type: string; Properties: { Code?: { S3Key?: unknown } } }>;
}

/** Bytes of each function's code as it was bundled for this deployment, largest first. */
export function bundleSizes(cloudAssembly: string): [name: string, bytes: number][] {
  const templates = globSync('*.template.json', { cwd: cloudAssembly });
  return templates.flatMap((file) => sizesIn(cloudAssembly, file)).sort(([, one], [, other]) => other - one);
}

function sizesIn(cloudAssembly: string, file: string): [string, number][] {
  const { Resources } = JSON.parse(readFileSync(join(cloudAssembly, file), 'utf8')) as Template;
  const functions = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::Lambda::Function');
  return functions.map(([id, { Properties }]) => {
    const asset = String(Properties.Code?.S3Key).replace(/\.zip$/, '');
    return [
      id.replace(/(Fn)?Function[0-9A-F]{8}$/, ''),
      statSync(join(cloudAssembly, `asset.${asset}`, 'index.mjs')).size,
    ];
  });
}
