import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudTemplate } from './templates.ts';
import { templatesIn } from './templates.ts';

/** Bytes of each function's code as it was bundled for this deployment, largest first. */
export function bundleSizes(cloudAssembly: string): [name: string, bytes: number][] {
  const sizes = templatesIn(cloudAssembly).flatMap((template) => sizesIn(cloudAssembly, template));
  return sizes.sort(([, one], [, other]) => other - one);
}

function sizesIn(cloudAssembly: string, { Resources }: CloudTemplate): [string, number][] {
  const functions = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::Lambda::Function');
  return functions.map(([id, { Properties = {} }]) => {
    const asset = String((Properties.Code as { S3Key?: unknown }).S3Key).replace(/\.zip$/, '');
    return [
      id.replace(/(Fn)?Function[0-9A-F]{8}$/, ''),
      statSync(join(cloudAssembly, `asset.${asset}`, 'index.mjs')).size,
    ];
  });
}
